import type { Json, JsonObject } from '#kube/types.ts'
import { badRequest } from '../api/status-errors.ts'
import { timestamp } from '../clock.ts'

/**
 * Some of kubectl's commands (`create namespace`, `auth can-i`, `drain` …) send their bodies as protobuf and know no other
 * way. These are the messages of such bodies, by field number, from the `generated.proto` files of `k8s.io/api` and
 * `k8s.io/apimachinery`. A field is its name and type: `s` string, `b` bool, `i` integer, `y` bytes, `t` time, `[` a list
 * of, `%` a map to, `{Name` another message.
 */
type Message = Readonly<Record<number, string>>

const role: Message = { 1: 'metadata {ObjectMeta', 2: 'rules [{PolicyRule' }
const roleBinding: Message = { 1: 'metadata {ObjectMeta', 2: 'subjects [{Subject', 3: 'roleRef {RoleRef' }

const messages: Readonly<Record<string, Message>> = {
  ObjectMeta: {
    1: 'name s',
    2: 'generateName s',
    3: 'namespace s',
    5: 'uid s',
    6: 'resourceVersion s',
    7: 'generation i',
    8: 'creationTimestamp t',
    11: 'labels %s',
    12: 'annotations %s',
    13: 'ownerReferences [{OwnerReference',
    14: 'finalizers [s',
  },
  OwnerReference: {
    1: 'kind s',
    3: 'name s',
    4: 'uid s',
    5: 'apiVersion s',
    6: 'controller b',
    7: 'blockOwnerDeletion b',
  },
  Namespace: { 1: 'metadata {ObjectMeta', 2: 'spec {NamespaceSpec' },
  NamespaceSpec: { 1: 'finalizers [s' },
  PriorityClass: {
    1: 'metadata {ObjectMeta',
    2: 'value i',
    3: 'globalDefault b',
    4: 'description s',
    5: 'preemptionPolicy s',
  },
  ConfigMap: { 1: 'metadata {ObjectMeta', 2: 'data %s', 3: 'binaryData %y', 4: 'immutable b' },
  Secret: { 1: 'metadata {ObjectMeta', 2: 'data %y', 3: 'type s', 4: 'stringData %s', 5: 'immutable b' },
  ServiceAccount: {
    1: 'metadata {ObjectMeta',
    2: 'secrets [{ObjectReference',
    4: 'automountServiceAccountToken b',
  },
  ObjectReference: { 1: 'kind s', 2: 'namespace s', 3: 'name s', 4: 'uid s', 5: 'apiVersion s' },
  Binding: { 1: 'metadata {ObjectMeta', 2: 'target {ObjectReference' },
  Eviction: { 1: 'metadata {ObjectMeta', 2: 'deleteOptions {DeleteOptions' },
  DeleteOptions: {
    1: 'gracePeriodSeconds i',
    2: 'preconditions {Preconditions',
    3: 'orphanDependents b',
    4: 'propagationPolicy s',
    5: 'dryRun [s',
  },
  Preconditions: { 1: 'uid s', 2: 'resourceVersion s' },
  SelfSubjectAccessReview: { 1: 'metadata {ObjectMeta', 2: 'spec {SelfSubjectAccessReviewSpec' },
  SelfSubjectAccessReviewSpec: {
    1: 'resourceAttributes {ResourceAttributes',
    2: 'nonResourceAttributes {NonResourceAttributes',
  },
  ResourceAttributes: {
    1: 'namespace s',
    2: 'verb s',
    3: 'group s',
    4: 'version s',
    5: 'resource s',
    6: 'subresource s',
    7: 'name s',
  },
  NonResourceAttributes: { 1: 'path s', 2: 'verb s' },
  SelfSubjectRulesReview: { 1: 'metadata {ObjectMeta', 2: 'spec {SelfSubjectRulesReviewSpec' },
  SelfSubjectRulesReviewSpec: { 1: 'namespace s' },
  SelfSubjectReview: { 1: 'metadata {ObjectMeta' },
  Role: role,
  ClusterRole: role,
  RoleBinding: roleBinding,
  ClusterRoleBinding: roleBinding,
  PolicyRule: {
    1: 'verbs [s',
    2: 'apiGroups [s',
    3: 'resources [s',
    4: 'resourceNames [s',
    5: 'nonResourceURLs [s',
  },
  Subject: { 1: 'kind s', 2: 'apiGroup s', 3: 'name s', 4: 'namespace s' },
  RoleRef: { 1: 'apiGroup s', 2: 'kind s', 3: 'name s' },
  TypeMeta: { 1: 'apiVersion s', 2: 'kind s' },
  Unknown: { 1: 'typeMeta {TypeMeta', 2: 'raw y' },
  Time: { 1: 'seconds i' },
}

export const protobufType = 'application/vnd.kubernetes.protobuf'
const magic = Buffer.from('k8s\0')

/** Kinds whose bodies can be read as protobuf. */
export const readsProtobuf = (kind: string): boolean => Object.hasOwn(messages, kind)

type Field = { readonly number: number; readonly value: bigint | Buffer }

function* fieldsOf(bytes: Buffer): Generator<Field> {
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at]
      if (byte === undefined) break
      at += 1
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw malformed()
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const number = tag >>> 3
    const wire = tag & 7
    if (wire === 0) yield { number, value: varint() }
    else {
      const length = wire === 2 ? Number(varint()) : wire === 1 ? 8 : wire === 5 ? 4 : Number.NaN
      if (!(length <= bytes.length - at)) throw malformed()
      yield { number, value: bytes.subarray(at, at + length) }
      at += length
    }
  }
}

const malformed = () => badRequest('the body of the request is no well-formed protobuf message')

function bytesOf(value: bigint | Buffer): Buffer {
  if (typeof value === 'bigint') throw malformed()
  return value
}

function scalar(type: string, value: bigint | Buffer): Json {
  switch (type[0]) {
    case 'b':
      return value !== 0n
    case 'i':
      return typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : 0
    case 'y':
      return bytesOf(value).toString('base64')
    case '{':
      return message(type.slice(1), bytesOf(value))
    case 't': {
      const { seconds } = message('Time', bytesOf(value))
      return typeof seconds === 'number' ? timestamp(seconds * 1000) : null
    }
    default:
      return bytesOf(value).toString('utf8')
  }
}

function entry(type: string, bytes: Buffer): readonly [string, Json] {
  let key = ''
  let content: Json = ''
  for (const { number, value } of fieldsOf(bytes))
    if (number === 1) key = bytesOf(value).toString('utf8')
    else if (number === 2) content = scalar(type, value)
  return [key, content]
}

function message(name: string, bytes: Buffer): JsonObject {
  const known = messages[name] ?? {}
  const fields = new Map<string, Json>()
  const maps = new Map<string, [string, Json][]>()
  for (const { number, value } of fieldsOf(bytes)) {
    const [field = '', type = ''] = (known[number] ?? '').split(' ')
    if (!field) continue
    const inner = type.slice(1)
    if (type.startsWith('[')) {
      const list = (fields.get(field) ?? []) as Json[]
      fields.set(field, [...list, scalar(inner, value)])
    } else if (type.startsWith('%')) {
      const entries = maps.get(field) ?? []
      entries.push([...entry(inner, bytesOf(value))])
      maps.set(field, entries)
    } else fields.set(field, scalar(type, value))
  }
  for (const [field, entries] of maps) fields.set(field, Object.fromEntries(entries))
  return Object.fromEntries([...fields].filter(([, value]) => value !== ''))
}

/** The object in a protobuf body, in its envelope (`runtime.Unknown`). Throws 400 if it is none. */
export function parseProtobuf(body: Buffer): JsonObject {
  if (!body.subarray(0, magic.length).equals(magic)) throw malformed()
  const envelope: { typeMeta?: Json; raw?: Json } = message('Unknown', body.subarray(magic.length))
  const { apiVersion = '', kind = '' } = (envelope.typeMeta ?? {}) as Readonly<Record<string, string>>
  const raw = Buffer.from(typeof envelope.raw === 'string' ? envelope.raw : '', 'base64')
  return { ...message(kind, raw), ...(apiVersion ? { apiVersion } : {}), ...(kind ? { kind } : {}) }
}
