"""The accounts of the demo: one a role, named after the role, password known to everyone. A village
has two, its head and the secretary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.accounts.offices import number_term
from outreach.core.accounts.passwords import hash_password, password_matches
from outreach.domain.ids import uuid7
from outreach.domain.regency import regency_of
from outreach.storage.accounts import Assignment, Office, Term, User
from outreach.storage.locks import begin_write
from outreach.storage.regions import Region

PASSWORD = "jangkau-demo"  # noqa: S105 (the demo's, refused in production)
REGENCY = "18.04"
KUBU_PERAHU = "18.04.04.2002"
ATAR_KUWAU, SEBARUS, PASAR_LIWA = "18.04.21.2010", "18.04.04.2005", "18.04.04.1001"
FIELD_VILLAGES = (KUBU_PERAHU, ATAR_KUWAU, SEBARUS, PASAR_LIWA)
STARTS = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account: its office is (kind, name, region, title of the head); who signs in a village
    has a term of this capacity and title, a Lurah with a NIP."""

    username: str
    name: str
    role: str
    office: tuple[str, str, str, str]
    villages: tuple[str, ...] = ()
    term: tuple[str, str] | None = None
    nip: str | None = None


LABOUR = ("dinas", "Disnaker", REGENCY, "Kepala Dinas")
PEMKAB = ("pemkab", "Pemerintah Kabupaten Lampung Barat", REGENCY, "Bupati")
PEKON = ("pekon", "Pekon Kubu Perahu", KUBU_PERAHU, "Peratin")
MPP = ("mpp", "Mal Pelayanan Publik Lampung Barat", REGENCY, "Koordinator")
ACCOUNTS = (
    DemoAccount("petugas", "Petugas Demo", "officer", LABOUR, FIELD_VILLAGES),
    DemoAccount("peratin", "Peratin Demo", "head", PEKON, (KUBU_PERAHU,), ("definitif", "Peratin")),
    DemoAccount(
        "jurutulis",
        "Juru Tulis Demo",
        "head",
        PEKON,
        (KUBU_PERAHU,),
        ("an", "a.n. Peratin, Juru Tulis"),
    ),
    DemoAccount(
        "atarkuwau",
        "Peratin Atar Kuwau Demo",
        "head",
        ("pekon", "Pekon Atar Kuwau", ATAR_KUWAU, "Peratin"),
        (ATAR_KUWAU,),
        ("definitif", "Peratin"),
    ),
    DemoAccount(
        "sebarus",
        "Peratin Sebarus Demo",
        "head",
        ("pekon", "Pekon Sebarus", SEBARUS, "Peratin"),
        (SEBARUS,),
        ("definitif", "Peratin"),
    ),
    DemoAccount(
        "lurah",
        "Lurah Demo",
        "head",
        ("kelurahan", "Kelurahan Pasar Liwa", PASAR_LIWA, "Lurah"),
        (PASAR_LIWA,),
        ("definitif", "Lurah"),
        nip="198001012005011001",
    ),
    DemoAccount("supervisor", "Pengawas Demo", "supervisor", LABOUR),
    DemoAccount("admin", "Pengelola Demo", "admin", PEMKAB),
    DemoAccount("mpp", "Petugas MPP Demo", "mpp", MPP),
    DemoAccount(
        "opd",
        "OPD Demo",
        "department",
        ("dinas", "Disbunnak", REGENCY, "Kepala Dinas"),
    ),
)


def make_demo_accounts(session: Session, now: datetime) -> list[DemoAccount]:
    """The accounts, made or put back as they were; needs the regions."""
    hashed = hash_password(PASSWORD)
    begin_write(session)
    users = {user.username: user for user in session.scalars(select(User))}
    offices = {(o.kind, o.name, o.region_code): o for o in session.scalars(select(Office))}
    for account in ACCOUNTS:
        user = put_user(session, users, offices, account, hashed, now)
        put_assignments(session, user, account)
        if account.term:
            put_term(session, user, account)
    session.commit()
    return list(ACCOUNTS)


def put_user(
    session: Session,
    users: dict[str, User],
    offices: dict[tuple[str, str, str], Office],
    account: DemoAccount,
    hashed: str,
    now: datetime,
) -> User:
    """The account's row with the demo's password, whatever it was changed to."""
    kind, name, region, title = account.office
    office = offices.get((kind, name, region))
    if office is None:
        office = Office(
            id=uuid7(now),
            regency=regency_of(region),
            name=name,
            kind=kind,
            region_code=region,
            head_title=title,
            active=True,
        )
        offices[(kind, name, region)] = office
        session.add(office)
    user = users.get(account.username)
    if user is None:
        user = User(id=uuid7(now), username=account.username, created_at=now, lang="id")
        user.password_hash = hashed
        session.add(user)
    elif not password_matches(user.password_hash, PASSWORD):
        user.password_hash = hashed
    user.name, user.role, user.office_id = account.name, account.role, office.id
    user.must_change, user.active, user.demo = False, True, True
    session.flush()
    return user


def put_assignments(session: Session, user: User, account: DemoAccount) -> None:
    """The account's villages that are in the database, without an end."""
    codes = set(session.scalars(select(Region.code).where(Region.code.in_(account.villages))))
    mine = session.scalars(select(Assignment).where(Assignment.user_id == user.id)).all()
    has = {row.region_code for row in mine if row.ends is None}
    for code in account.villages:
        if code in codes and code not in has:
            session.add(
                Assignment(
                    id=uuid7(),
                    regency=regency_of(code),
                    user_id=user.id,
                    region_code=code,
                    letter="094/DEMO/2026",
                    starts=STARTS,
                )
            )
    session.flush()


def put_term(session: Session, user: User, account: DemoAccount) -> None:
    """The term of who signs in a demo village, once."""
    regency, (capacity, title) = regency_of(account.office[2]), account.term or ("", "")
    his = (Term.regency == regency, Term.user_id == user.id)
    has = session.scalar(select(Term.id).where(*his, Term.ends.is_(None)))
    if has is None and user.office_id:
        term = Term(
            id=uuid7(),
            regency=regency,
            office_id=user.office_id,
            user_id=user.id,
            capacity=capacity,
            title=title,
            nip=account.nip,
            letter="SK/DEMO/2026",
            starts=STARTS,
        )
        number_term(session, session.get_one(Office, user.office_id), term)
        session.add(term)
