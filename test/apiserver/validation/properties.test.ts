import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { defaultDaemonSet } from '#apiserver/defaults/daemon-set.ts'
import { decodeDaemonSet, SchemaFindings } from '#apiserver/schema/check-schema.ts'
import { admitDaemonSet } from '#apiserver/validation/admit.ts'
import { revisionData } from '#controller/revision-data.ts'
import { fieldErrorText } from '#kube/field-error-text.ts'
import { runs } from '../../helpers/random-cases.ts'

const manifests = readFileSync('test/fixtures/apiserver/validation.jsonl', 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line).manifest)

type Place = { holder: Record<string | number, unknown>; key: string | number }

function placesIn(value: unknown, found: Place[] = []): Place[] {
  if (typeof value !== 'object' || value === null) return found
  for (const key of Object.keys(value)) {
    const holder = value as Record<string, unknown>
    found.push({ holder, key })
    placesIn(holder[key], found)
  }
  return found
}

/** A real manifest with some of its values replaced by anything at all. */
const damaged = fc
  .record({
    manifest: fc.constantFrom(...manifests),
    hits: fc.array(fc.record({ at: fc.nat(), value: fc.jsonValue({ maxDepth: 2 }) }), { maxLength: 4 }),
  })
  .map(({ manifest, hits }) => {
    const copy = structuredClone(manifest)
    for (const { at, value } of hits) {
      const places = placesIn(copy)
      const place = places[at % places.length]
      if (place) place.holder[place.key] = value
    }
    return copy
  })

it('any document gets an answer that can be shown', () => {
  fc.assert(
    fc.property(fc.oneof(damaged, fc.jsonValue()), (document) => {
      const admission = admitDaemonSet(document)
      for (const error of admission.errors) expect(fieldErrorText(error)).toContain(`${error.field}: `)
      expect(admission.accepted).toBe(admission.errors.length === 0 && admission.decodeError === undefined)
    }),
    runs(500),
  )
})

it('what is stored is stored alike when it is written again', () => {
  fc.assert(
    fc.property(damaged, (document) => {
      const stored = defaultDaemonSet(document)
      expect(defaultDaemonSet(stored)).toEqual(stored)
      expect(revisionData(defaultDaemonSet(stored))).toBe(revisionData(stored))
      const findings = new SchemaFindings()
      decodeDaemonSet(stored, findings)
      expect(findings.list).toEqual([])
    }),
    runs(300),
  )
})

it('the document itself is left alone', () => {
  fc.assert(
    fc.property(damaged, (document) => {
      const before = structuredClone(document)
      admitDaemonSet(document)
      expect(document).toEqual(before)
    }),
    runs(100),
  )
})
