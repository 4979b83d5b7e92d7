import type { FieldError } from '#apiserver/validation/types.ts'
import type { JsonObject } from '#kube/types.ts'
import type { StoredObject } from '../store/objects.ts'
import type { Store } from '../store/store.ts'
import type { Column } from '../tables/columns.ts'
import type { SelectableFields } from './selectable-fields.ts'
import type { GroupKind, GroupResource } from './status-errors.ts'

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch'

/** What hangs below an object's path: `/status`, `/eviction`. */
export interface Subresource {
  readonly name: string
  readonly kind: string
  readonly verbs: readonly Verb[]
  /** Of the kind, where it is not the resource's. */
  readonly group?: string
  readonly version?: string
}

/** What a write may look at in addition to the object. */
export interface WriteContext {
  readonly now: number
  readonly store: Store
  readonly type: ResourceType
  /** Of a new object: its name is made up. */
  readonly generated?: boolean
}

/** How a client wants its body read: unknown fields refused, warned of, or passed over. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore'

export interface WriteOptions {
  readonly dryRun?: boolean
  readonly manager: string
  readonly fieldValidation?: FieldValidation
  /** Only the status is written. */
  readonly status?: boolean
  /** The client sent the whole object, not a change of it. */
  readonly replaces?: boolean
  /** Throws what speaks against the new state, before its rules are looked at: the rights of who writes it. */
  readonly guard?: (next: JsonObject, old: JsonObject | undefined) => void
  /** The object came of a patch: how what does not fit its type is refused, in place of a 400. */
  readonly refuse?: (why: string) => Error
}

/** What came of reading a body. */
export interface Decoded {
  /** The first field of a wrong type: the request is refused with 400. */
  readonly typeError?: string
  /** `unknown field "spec.replicas"`: refused, warned of or passed over, as the client asks. */
  readonly unknownFields: readonly string[]
}

/** How objects of a kind are read, completed and checked; the names are those of the server's own strategies. */
export interface Strategy {
  decode(raw: JsonObject): Decoded
  /** What the version's own defaulting makes of an object: its fields belong to the writer. Without it, all of them do. */
  defaults?(object: JsonObject): JsonObject
  /** Defaults, and what a client may not decide by itself. */
  prepareForCreate(object: JsonObject, context: WriteContext): JsonObject
  prepareForUpdate(next: JsonObject, old: JsonObject, context: WriteContext): JsonObject
  validate(object: JsonObject): readonly FieldError[]
  /** What is wrong with an update beside its metadata. */
  validateUpdate(next: JsonObject, old: JsonObject): readonly FieldError[]
  /** As the two above, where only the status is written. */
  prepareForStatus?(next: JsonObject, old: JsonObject): JsonObject
  validateStatus?(next: JsonObject, old: JsonObject): readonly FieldError[]
  /** `old`: of an update, what was there. */
  warnings(object: JsonObject, context: WriteContext, old?: JsonObject): readonly string[]
}

/** Another resource's objects under another shape: `events.k8s.io` shows the Events of the core group. */
export interface View {
  readonly of: GroupResource
  toStorage(object: JsonObject): JsonObject
  fromStorage(object: StoredObject): StoredObject
}

/** A line of the table that discovery, routing, storage, selectors, printing and OpenAPI are all read from. */
export interface ResourceType extends GroupResource, GroupKind {
  readonly version: string
  readonly singular: string
  readonly namespaced: boolean
  readonly verbs: readonly Verb[]
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly subresources: readonly Subresource[]
  readonly columns: readonly Column[]
  /** Fields that a field selector may ask for, in addition to `metadata.name` and `metadata.namespace`. */
  readonly fields: SelectableFields
  readonly strategy: Strategy
  /** Annotations that a table's and a metadata client's view of the object leave out. */
  readonly hiddenAnnotations?: readonly string[]
  /** Written with sorted keys: it holds raw JSON, which clients compare byte by byte. */
  readonly exactBytes?: boolean
  /** A deletion that is done answers with the object instead of a Status. */
  readonly returnsDeleted?: boolean
  /** Whoever deletes one and does not say what becomes of its dependents leaves them behind. */
  readonly orphansByDefault?: boolean
  readonly view?: View
}

export const groupVersionOf = ({ group, version }: { readonly group: string; readonly version: string }) =>
  group ? `${group}/${version}` : version

/** The struct of a resource's objects in the schema. */
export const structOf = ({ group, kind }: { readonly group: string; readonly kind: string }): string =>
  group === 'events.k8s.io' ? `${kind}.events` : kind
