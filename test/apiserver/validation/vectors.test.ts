import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { admitDaemonSet } from '#apiserver/validation/admit.ts'
import { validateNode } from '#apiserver/validation/node.ts'
import type { Admission } from '#apiserver/validation/types.ts'
import { fieldErrorText } from '#kube/field-error-text.ts'

const readLines = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

const answerOf = (admission: Admission) => ({
  accepted: admission.accepted,
  decodeError: admission.decodeError,
  strictErrors: admission.strictErrors.map((finding) => finding.message),
  errors: admission.errors.map(fieldErrorText),
  warnings: admission.warnings.map((warning) => warning.message),
})

describe('the upstream code on 60 manifests', () => {
  const cases = readLines('test/fixtures/apiserver/validation.jsonl')
  it.each(cases.map((entry) => [`${entry.id} ${entry.mutation} of ${entry.base}`, entry]))(
    '%s',
    (_, entry) => {
      expect(answerOf(admitDaemonSet(entry.manifest))).toEqual({
        accepted: entry.accepted,
        decodeError: entry.decodeError,
        strictErrors: entry.strictErrors ?? [],
        errors: entry.errors,
        warnings: entry.warnings ?? [],
      })
    },
  )
})

describe('the upstream code on 400 DaemonSets and nodes', () => {
  const cases = readLines('test/fixtures/placement/placement.jsonl')
  it.each(cases.map((entry) => [entry.id, entry]))('%s', (_, entry) => {
    const admission = admitDaemonSet(entry.daemonSet)
    expect(admission.errors.map(fieldErrorText)).toEqual(entry.daemonSetErrors ?? [])
    expect(admission.accepted).toBe(entry.daemonSetAccepted)
    expect(validateNode(entry.node).length === 0).toBe(entry.nodeAccepted)
  })
})

describe('errors point into the document', () => {
  it.each(
    readLines('test/fixtures/apiserver/validation.jsonl')
      .filter((entry) => entry.errors.length > 0)
      .map((entry) => [entry.id, entry.manifest]),
  )('%s', (_, manifest) => {
    for (const { path, field } of admitDaemonSet(manifest).errors) {
      let parent: unknown = manifest
      // Everything but the last step is there: what is missing is missing in something.
      for (const segment of path.slice(0, -1)) {
        parent = (parent as Record<string | number, unknown>)[segment]
        expect(typeof parent, `${field} at ${segment}`).toBe('object')
      }
      expect(parent, field).not.toBeNull()
    }
  })
})
