// Records of a person's database and their opaque parts, as types; there is no code here.

/** @typedef {import("../../gen/worker_data.js").WorkerData} WorkerData */
/** @typedef {import("../../domain/merge.js").Changes} Changes */
/** @typedef {[from: number, to: number, settled?: 1]} Range numbers of saves */
/**
 * @typedef {object} Mutation what travels, as an object
 * @property {number} mid
 * @property {string} key
 * @property {number} schema
 * @property {"put" | "delete"} op
 * @property {string} table
 * @property {string} id
 * @property {string} scope
 * @property {number} ver
 * @property {Changes} set
 * @property {string} at
 * @property {string} [on_behalf]
 */
/**
 * @typedef {object} Verdict the server's answer to one mutation, kept opaque
 * @property {string} [status]
 * @property {string} [scope]
 * @property {number} [ver]
 * @property {string} [into]
 * @property {string} [waits_for]
 * @property {string} [reason]
 * @property {{key: string, status: string, scope?: string, ver?: number}[]} [released]
 * @property {Record<string, {code: string, params?: Record<string, unknown>}[]>} [errors]
 * @property {Conflict[]} [conflicts]
 * @property {string} [words] what the office said of it
 * @property {string[]} [skip] fields that a later own save has put right
 * @property {boolean} [resolved]
 */
/**
 * @typedef {object} Entry one journal record, decoded
 * @property {number} mid
 * @property {string} key
 * @property {string} id
 * @property {string} scope
 * @property {string} state waiting | sending | arrived | conflict | held | returned | invalid | resolved
 * @property {number} [ver] the row's version after it, once answered
 * @property {number} [live] 1 while the screen replays it
 * @property {number} [hot] 1 while screen or sender need it
 * @property {Mutation} m
 * @property {string} json
 * @property {string} h
 * @property {string} [st] status derived when it was saved
 * @property {Verdict} verdict
 * @property {boolean} [shut] the key that it was written with is gone
 * @property {string} [kid] the server key that `sealed` is for
 * @property {Uint8Array} [sealed]
 * @property {JournalRecord} rec the record as it lies on the disk
 */
/**
 * @typedef {object} ScopeState how much of a scope is here
 * @property {number} gen which generation of pages is shown
 * @property {number} list cursor of the list view
 * @property {number} full cursor of the full rows
 * @property {boolean} listed the list view is complete
 * @property {boolean} whole full rows are complete
 * @property {boolean} drained the last page said nothing more
 * @property {{gen: number, cursor: number, done: boolean, tables?: string} | null} fresh a base being rebuilt
 * @property {string} [tables] with which tables of features it was pulled; see store/replica/other_tables.js
 */
/**
 * @typedef {object} Head
 * @property {string} device
 * @property {number} mid last number given out
 * @property {string} hash chain at `mid`
 * @property {string} key key of `mid`
 * @property {{mid: number, hash: string, key: string}} floor last operation no longer kept
 * @property {number} before operations of earlier devices that are safe and no longer numbered
 * @property {string} [was] the device this one continues
 * @property {[string, number, number, number?][]} [let_go] numbers of the devices before, from and
 *   to, that are kept nowhere here: a restored server may lack them. A fourth 1: they went when the
 *   storage turned back and are not among `before`
 * @property {{device: string, mid: number, at?: number, seen?: string, after?: string | null, missing?: Range[]}} [lost]
 *   what the cookie remembers and storage does not: `at` when the last was saved; `missing` and
 *   `after` what the server said of it; seen once somebody has read it
 */
/**
 * @typedef {object} SyncState
 * @property {number} epoch
 * @property {number} received the server's last_mid
 * @property {number} durable
 * @property {number} batch mutations in one push
 * @property {number} badUntil end of the range that a refused push lies in, 0 when none
 * @property {number} fives 500s in a row
 * @property {number} fails
 * @property {number} until do not call before (ms)
 * @property {number} pulledAt
 * @property {boolean} deltas this round still has to ask for changes
 * @property {boolean} lists this round still has to ask for list rows
 * @property {{list: number, full: number}} limit
 * @property {Range[]} [missing] ranges up to `received` that the server lacks; a
 *   third 1 where somebody has settled what became of them
 * @property {Earlier[]} [earlier] what it lacks of the devices before; see sync/let_go.js
 * @property {number} [toldIn] the life of the server in which it was told of `let_go`
 * @property {string} [offered] the life of the server and the missing ranges that were offered again
 * @property {OtherPhone | null} [before] this person's phone before this one, which began empty; see store/books/lost_numbers.js
 * @property {string} [serverTime]
 * @property {number} [enteredAt] when this person last logged in here (ms)
 * @property {boolean} [session] this browser's login is this person's, as the server last said
 * @property {number} [heardAt] the phone's clock when serverTime was told (ms)
 * @property {string} [challenge] the server's last one, signed with the next request
 * @property {string} [receipt] the newest signed receipt
 * @property {string} [refusal] why the server last refused to give rows, "" when it gives
 * @property {boolean} [again] it gives rows after it had refused, and nobody has read that yet
 * @property {number} [freshAt] when the last page of a round came (ms)
 * @property {number} [raw] number of the save that goes as raw text, 0 when none
 * @property {boolean} [proven] a login has just given the server this phone's keys; see store/journal/unproven.js
 * @property {string} [app] version of the app, as registered
 * @property {string} [fork] new device id while a fork is under way
 */
/**
 * @typedef {{device: string, missing: Range[], back?: Range[]}} Earlier numbers of a device before:
 *   `missing` ones the server lacks, `back` those that the storage had given out and turned back from
 */
/** @typedef {{name: string, recorded: number, received: number, seen_at: string}} OtherPhone */
/** @typedef {{field: string, base: unknown, mine: unknown, theirs: unknown, who?: string}} Conflict */
/**
 * @typedef {object} JournalRecord a save as it lies on the disk
 * @property {number} mid
 * @property {string} key
 * @property {string} id
 * @property {string} scope
 * @property {string} state as an Entry's
 * @property {number} [ver]
 * @property {number} [live]
 * @property {number} [hot]
 * @property {string} [h] the chain's value; inside the payload where an earlier version wrote it
 * @property {Uint8Array} [payload] absent once its key was taken away
 * @property {Uint8Array} [verdict]
 * @property {string} [kid]
 * @property {Uint8Array} [sealed]
 */
/**
 * @typedef {object} DraftData what the form keeps; a draft of an earlier version may lack any of it
 * @property {Record<string, string>} form the answers as they were typed
 * @property {string} [step]
 * @property {string} [mode]
 * @property {string} [capturedAt]
 * @property {string} [source]
 * @property {string | null} [visitId]
 * @property {string | null} [householdId]
 * @property {string} [consentVersion]
 * @property {string} [consentLang]
 * @property {string | null} [consentAt]
 * @property {string} [consentNote]
 * @property {string} [twinsSeen] who was shown as perhaps the same person
 * @property {1} [asHeir] begun for a child, who became the heir
 * @property {string} [worker] whom an edit is about
 * @property {unknown} [sheet] of paper, while it is entered
 * @property {WorkerData} [base] the record as an edit found it
 * @property {string[]} [leave] fields that this save leaves as they are
 */
/**
 * @typedef {object} BlobInfo
 * @property {string} sha
 * @property {string} mime
 * @property {number} size
 * @property {number} [mid] the save that refers to it
 * @property {string} [at] when that was
 * @property {1 | 2} [todo] 1: the server does not have it yet; 2: it will never take it
 * @property {number} [sent] bytes the server has confirmed
 * @property {string} [after] not to be offered before
 * @property {string} [kid] the bytes lie sealed for this key of the server
 * @property {string} [refused] why the server did not take it
 * @property {string} [row] the worker it belongs to, noted once it is refused for good
 * @property {string} [verified] when the server confirmed all of it
 * @property {1} [gone] its bytes were let go of
 */
/** @typedef {{id: string, scope: string, payload: Uint8Array, blank?: boolean}} DraftRecord */
/** @typedef {{scope: string, gen: number, n: number}} ChunkKey */
/** @typedef {ChunkKey & {spelling?: number, payload: Uint8Array}} ChunkRecord */
/** @typedef {ChunkKey & {payload: Uint8Array}} PageRecord */
/**
 * @typedef {[id: string, ver: number, full: number, name: string, key: string, nik: string,
 *   birth: string, sex: string, occ: string, status: string, pem: string, rt: string,
 *   table: string | 0]} PackedRow
 */
/**
 * @typedef {[n: number, at: string, id: string, key: string, name: string,
 *   what: "new" | "change" | "gone", fields: string[], photos: number, state: string,
 *   table?: string]} PackedLine
 */
/** @typedef {WorkerData & {status?: string, flags?: string[]}} WorkerRow a worker as pulled */
/**
 * @typedef {object} Notice a row of a person's own scope: what the server says of one of their saves
 * @property {string} [kind]
 * @property {string | null} [worker_id]
 * @property {string} [name] which the save itself gave the person, where it took no effect
 * @property {string} [at]
 * @property {string} [table] of the save, where it is no worker's
 * @property {string} [decision]
 * @property {string} [reason]
 * @property {string} [code]
 * @property {string} [words]
 * @property {string[]} [fields]
 * @property {Verdict["errors"]} [errors]
 * @property {Conflict[]} [conflicts]
 * @property {{field: string, value: unknown, by: string, at: string}[]} [decided]
 * @property {boolean} [other] the save came from somebody else and this officer's answer stands
 */
/** @typedef {{id: string, position: number, data: Record<string, unknown>}} ReferenceRow */
/** @typedef {WorkerRow | Notice | ReferenceRow} FullRow */
/**
 * The full rows of a scope, by its name.
 * @template {string} S
 * @typedef {S extends "ref" ? ReferenceRow : S extends `u:${string}` ? Notice : WorkerRow} RowOf
 */
/** @typedef {{id: string, name: string, username: string, phone?: string | null, office?: {name: string} | null, letters?: Record<string, string>}} Person */
/**
 * @typedef {object} Profile who works here, as the server told at registration
 * @property {Person} user
 * @property {string} role
 * @property {string[]} scopes
 * @property {string} [name]
 * @property {string} [card] the server's word on whose phone this is, for other phones
 */
/**
 * The value encoded for a place, by the place's name.
 * @template {string} P
 * @typedef {P extends `journal/${string}` ? {m: string, st?: string, h?: string}
 *   : P extends `verdict/${string}` ? Verdict
 *   : P extends `drafts/${string}` ? {at: string, data: DraftData}
 *   : P extends `index/${string}` ? PackedRow[]
 *   : P extends `pages/${string}` ? Record<string, FullRow>
 *   : P extends `book/${string}` ? PackedLine[]
 *   : P extends "profile" ? Partial<Profile>
 *   : unknown} Body
 */
/**
 * @typedef {object} Options what an officer has chosen for this phone
 * @property {"any" | "wifi" | "tap"} photos "any" is a word here: pictures may be sent by every
 *   network, by Wi-Fi only, or only when the person asks for it
 */
/**
 * @typedef {object} Meta single values of a person's database; the first four are made with it
 * @property {{j: number, b: number}} stamp
 * @property {Head} head
 * @property {SyncState} sync
 * @property {Record<string, ScopeState>} base
 * @property {import("../../vault/vault_types.js").Reached} [plain] how far the rewriting of what lies in clear has come
 * @property {import("../../vault/seal.js").ServerKey[]} [keys] the server's public keys
 * @property {Uint8Array} [profile]
 * @property {Partial<Options>} [options]
 * @property {Record<string, number>} [read] decisions of the office, by the row that told of them
 * @property {unknown[]} [parcels] see sync/carried_files.js
 * @property {{month: string, records: number, photos: number}} [traffic] bytes that left, see sync/traffic.js
 * @property {{recorded: number, received: number, pending: number}} [aside] what lies in databases put aside
 */
/** @typedef {import("../engine/idb_types.js").Named<Meta & {[book: `book/${string}`]: Uint8Array}>} MetaStore */
/**
 * @template T
 * @typedef {import("../engine/idb_types.js").Rows<T>} Rows
 */
/**
 * @typedef {Pick<import("../../vault/vault_types.js").VaultStores, "vault"> & {
 *   meta: MetaStore, journal: Rows<JournalRecord>, index: Rows<ChunkRecord>, pages: Rows<PageRecord>,
 *   drafts: Rows<DraftRecord>, blobs: Rows<BlobInfo>, bytes: Rows<Uint8Array>
 * }} UserStores
 */
/** @typedef {import("../engine/idb_types.js").Tx<UserStores>} Tx */
/** @typedef {import("../engine/idb.js").Connection<UserStores>} Connection */
/** @typedef {Omit<import("../../vault/session.js").Owner, "conn"> & {conn: Connection}} Owner */

export {};
