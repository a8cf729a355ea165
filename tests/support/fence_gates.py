"""Places of the product that may ask tables of any regency: ``file:function`` and tables, * for
all. The reason stands above each."""

from __future__ import annotations

GATES = {
    # A phone does not know its regency: the row under its cookie's id tells whose it is.
    "outreach/storage/queries_sync.py:device_at_door": "device",
    # A key stands once in the installation, so that nothing is stored twice when an officer's
    # phone goes on in another regency; somebody else's key is given another one, without a word.
    "outreach/storage/queries_sync.py:known_mutations": "mutation",
    # The operator at the server's terminal names a phone or a record; its row tells whose it is.
    "outreach/core/backup/erasure.py:find": "worker",
    "outreach/features/phones/commands.py:act": "device",
    "outreach/features/phones/commands.py:list_phones": "device",
    # The register of erasures is the installation's file beside its archives.
    "outreach/storage/queries_erasures.py:all_erasures": "erasure",
    "outreach/storage/queries_erasures.py:in_register": "erasure",
    # An account is the installation's: what ends a person's login ends all of his phones.
    "outreach/core/accounts/endings.py:_end": "device",
    "outreach/core/accounts/endings.py:move_login": "device",
    "outreach/core/accounts/endings.py:own_phones": "device",
    "outreach/core/exchange/devices.py:end_own": "device",
    # An account's office or villages tell its regency, nothing else does.
    "outreach/core/accounts/actors.py:home_of": "assignment office",
    # A phone's id stands once in the installation; somebody else's is refused.
    "outreach/core/exchange/devices.py:note_refusal": "device",
    "outreach/core/exchange/devices.py:store": "device",
    # A row loaded before and read anew by its key, after the transaction that loaded it.
    "outreach/features/phones/phone_board.py:villages_of": "device",
    # Upkeep that goes by age, and figures of the whole server.
    "outreach/core/record/scopes.py:forget_gone": "tombstone",
    "outreach/storage/queries_intake.py:forget_before": "day_intake",
    "outreach/features/operations/figures.py:DatabaseFigures.collect": "*",
    # Loads what is missing of every regency that the installation knows.
    "outreach/core/accounts/seeding.py:add_counters": "scope_counter",
    "outreach/core/accounts/seeding.py:add_offices": "office",
    # A backup holds every regency.
    "outreach/storage/queries_journals.py:counted_devices": "device",
    "outreach/storage/queries_backups.py:all_packs": "blob",
    "outreach/storage/queries_backups.py:complete_pictures": "blob",
    "outreach/storage/queries_backups.py:count_pictures": "blob",
    "outreach/storage/queries_backups.py:count_unpacked": "blob",
    "outreach/storage/queries_backups.py:durable_mids": "device",
    "outreach/storage/queries_backups.py:expect_pictures": "blob_upload row_blob worker_blob",
    "outreach/storage/queries_backups.py:first_waiting": "blob mutation row_blob worker_blob",
    "outreach/storage/queries_backups.py:forget_unfinished": "blob blob_piece blob_upload",
    "outreach/storage/queries_backups.py:is_wanted": "blob",
    "outreach/storage/queries_backups.py:last_mids": "device",
    "outreach/storage/queries_backups.py:needed_packs": "blob",
    "outreach/storage/queries_backups.py:raise_durable": "device",
    "outreach/storage/queries_backups.py:stream_unpacked": "blob",
    "outreach/storage/snapshot.py:count": "*",
    "outreach/storage/snapshot.py:rows": "*",
    # Bytes of pictures lie under one name for all, and go when no regency has them.
    "outreach/storage/queries_blobs.py:forget_unreferenced": "*",
    "outreach/storage/queries_blobs.py:held": "blob",
    # A demo fills every region that it finds.
    "outreach/core/demo/demo_accounts.py:make_demo_accounts": "office",
    "outreach/core/demo/demo_accounts.py:put_assignments": "assignment",
    "outreach/core/demo/synthetic.py:add_workers": "worker",
    "outreach/core/demo/synthetic.py:lock_devices": "device",
    "outreach/core/demo/synthetic.py:lock_scopes": "scope_counter",
    "outreach/core/demo/synthetic_officers.py:demo_villages": "assignment",
    # A restored archive holds every regency.
    "outreach/core/backup/backup_promises.py:name_gone": "device",
    # One thread of a process does the jobs of all regencies, each as the person who asked.
    "outreach/features/intake/jobs.py:any_alive": "import_job",
    "outreach/features/intake/jobs.py:take_next": "import_job",
    "outreach/storage/queries_sync.py:raise_epoch": "scope_counter",
}
