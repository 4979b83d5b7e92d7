import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { defaultDaemonSet } from '#apiserver/defaults/daemon-set.ts'
import { admitDaemonSet } from '#apiserver/validation/admit.ts'
import { fieldErrorText } from '#kube/field-error-text.ts'
import type { JsonObject } from '#kube/types.ts'

interface Exchange {
  readonly note: string
  readonly request: { readonly method: string; readonly path?: string; readonly body?: JsonObject }
  readonly response: { readonly status: number; readonly body: JsonObject }
}

const exchanges: Exchange[] = JSON.parse(readFileSync('test/fixtures/apiserver/exchanges.json', 'utf8'))
const find = (note: string) => {
  const found = exchanges.find((exchange) => exchange.note === note)
  if (!found) throw new Error(`no exchange '${note}'`)
  return found
}

describe('creations as a v1.36.2 server answered them', () => {
  it.each(['create: the answer is the defaulted object', 'unknown field, warn'])('%s', (note) => {
    const { request, response } = find(note)
    const { spec, metadata } = response.body as { spec: JsonObject; metadata: JsonObject }
    const stored = defaultDaemonSet(request.body)
    expect(stored.spec).toEqual(spec)
    expect(stored.status).toEqual(response.body.status)
    expect(stored.metadata).toMatchObject({ annotations: metadata.annotations as JsonObject })
  })

  it.each(['selector does not match the template', 'several faults at once'])('%s', (note) => {
    const { request, response } = find(note)
    const { causes } = response.body.details as { causes: JsonObject[] }
    const admission = admitDaemonSet(request.body)
    expect(
      admission.errors.map((error) => ({
        reason: error.type,
        message: fieldErrorText(error).slice(error.field.length + 2),
        field: error.field,
      })),
    ).toEqual(causes)
  })

  it('wrong type of a field', () => {
    const { request, response } = find('wrong type of a field')
    expect(response.body.message).toBe(
      `DaemonSet in version "v1" cannot be handled as a DaemonSet: ${admitDaemonSet(request.body).decodeError}`,
    )
  })

  it('unknown field, strict', () => {
    const { request, response } = find('unknown field, strict')
    const strict = admitDaemonSet(request.body).strictErrors.map((finding) => finding.message)
    const prefix = 'DaemonSet in version "v1" cannot be handled as a DaemonSet: strict decoding error: '
    expect(response.body.message).toBe(prefix + strict.join(', '))
  })
})
