import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { getKey, isObject, type Json } from '#base/json.ts'
import { send, serve } from './served.ts'

interface Step {
  readonly method: string
  readonly path: string
  readonly contentType?: string
  readonly body?: object | string
  readonly code: number
  readonly reason?: string
  readonly message?: string
  /** The fields in the details' causes, in their order. */
  readonly fields?: readonly string[]
  readonly warnings?: readonly string[]
  /** What stands in the answer at some places. */
  readonly shows?: Readonly<Record<string, Json>>
}

const recorded: readonly { readonly note: string; readonly steps: readonly Step[] }[] = JSON.parse(
  readFileSync('test/fixtures/sandbox/answers.json', 'utf8'),
)

const blotted = (text: string) =>
  text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')

const at = (body: Json, place: string): Json =>
  place.split('/').reduce<Json>((value, name) => {
    const next = Array.isArray(value) ? value[Number(name)] : isObject(value) ? getKey(value, name) : null
    return next ?? null
  }, body)

interface Refusal {
  readonly reason?: string
  readonly message?: string
  readonly details?: { readonly causes?: readonly { readonly field?: string }[] }
}

describe('requests as a v1.36.2 server answered them', () => {
  serve()
  it.each(recorded)('$note', async ({ steps }) => {
    for (const { code, reason, message, fields, warnings = [], shows = {}, ...asked } of steps) {
      const answer = await send(asked)
      const body = answer.body as unknown as Refusal
      const told = warnings.map((text) => `299 - "${text}"`).join(', ')
      const said = code < 300 ? {} : { reason: body.reason, message: blotted(body.message ?? '') }
      expect({
        code: answer.status,
        ...said,
        fields: body.details?.causes?.map(({ field }) => field),
        warnings: [answer.headers.warning ?? []].flat().join(', '),
        shows: Object.fromEntries(Object.keys(shows).map((place) => [place, at(answer.body as Json, place)])),
      }).toEqual({ code, ...(code < 300 ? {} : { reason, message }), fields, warnings: told, shows })
    }
  })
})
