/** What holds data under keys: ConfigMaps and Secrets. */
import { configKeyErrors } from '#apiserver/validation/names.ts'
import type { Findings, Place } from '#apiserver/validation/place.ts'
import { isObject, sameIgnoringNulls } from '#base/json.ts'
import { utf8Length } from '#kube/labels.ts'
import { entriesIn, objectIn, stringIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { Strategy } from '../resource-type.ts'
import { plainStrategy } from './plain.ts'

const largestData = 1024 * 1024

/** The keys, and the size of all that stands under them (`ValidateConfigMap`, `ValidateSecret`). */
function checkData(found: Findings, sizes: Readonly<Record<string, (text: string) => number>>): void {
  let size = 0
  for (const [field, sizeOf] of Object.entries(sizes)) {
    const map = found.at(field)
    for (const [key, text] of entriesIn({ [field]: map.value ?? null }, field)) {
      map.key(key).invalidEach(key, configKeyErrors(key))
      if (field === 'data' && found.at('binaryData').key(key).value !== undefined)
        map.key(key).invalid(key, 'duplicate of key present in binaryData')
      size += sizeOf(text)
    }
  }
  if (size > largestData) found.at(Object.keys(sizes).length > 1 ? '[]' : 'data').tooLong(largestData)
}

/** What is marked as immutable stays as it is. */
function checkImmutable(next: JsonObject, found: Findings, old: JsonObject | undefined): void {
  if (old?.immutable !== true) return
  const rule = 'field is immutable when `immutable` is set'
  if (next.immutable !== true) found.at('immutable').forbidden(rule)
  for (const field of ['data', 'binaryData'])
    if (!sameIgnoringNulls(next[field] ?? null, old[field] ?? null)) found.at(field).forbidden(rule)
}

const bytesOf = (base64: string) => Buffer.byteLength(base64, 'base64')

/** `pkg/registry/core/configmap/strategy.go`. */
export const configMapStrategy: Strategy = plainStrategy({
  check(next, found, old) {
    checkImmutable(next, found, old)
    checkData(found, { data: utf8Length, binaryData: bytesOf })
  },
})

/** Keys that a Secret of a type must have. */
const neededKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
}

function checkKeysOfType(type: string, data: Place): void {
  const missing = (key: string) => data.key(key).value === undefined
  for (const key of neededKeys[type] ?? []) if (missing(key)) data.key(key).required()
  const either = ['username', 'password']
  if (type === 'kubernetes.io/basic-auth' && either.every(missing))
    for (const key of either) data.key(key).required()
}

function asOpaque(object: JsonObject): JsonObject {
  return { ...withEncodedText(object), type: stringIn(object, 'type') || 'Opaque' }
}

/** A Secret's text fields are stored encoded. */
function withEncodedText({ stringData, ...object }: JsonObject): JsonObject {
  if (!isObject(stringData)) return object
  const encoded = Object.entries(stringData).map(([key, text]) => [
    key,
    Buffer.from(String(text)).toString('base64'),
  ])
  return { ...object, data: { ...objectIn(object, 'data'), ...Object.fromEntries(encoded) } }
}

/** `pkg/registry/core/secret/strategy.go`. */
export const secretStrategy: Strategy = plainStrategy({
  defaults: asOpaque,
  prepareForCreate: asOpaque,
  prepareForUpdate: (next, old) => ({
    ...withEncodedText(next),
    type: stringIn(next, 'type') || stringIn(old, 'type'),
  }),
  check(next, found, old) {
    const type = found.at('type')
    if (old && type.text !== stringIn(old, 'type')) type.wrong('field is immutable')
    checkImmutable(next, found, old)
    checkData(found, { data: bytesOf })
    checkKeysOfType(type.text, found.at('data'))
  },
})
