import { isObject } from '#base/json.ts'
import type { Json } from '#kube/types.ts'
import { badRequest } from '../api/status-errors.ts'
import { type Fault, faultKinds, faultVerbs } from './faults.ts'

interface Rule {
  /** What the field has to be, for people. */
  readonly words: string
  holds(value: Json): boolean
}

const oneOf = (allowed: readonly string[]): Rule => ({
  words: `one of ${allowed.join(', ')}`,
  holds: (value) => allowed.includes(value as string),
})
const listOf = (rule: Rule): Rule => ({
  words: `a list, each of it ${rule.words}`,
  holds: (value) => Array.isArray(value) && value.length > 0 && value.every(rule.holds),
})
const wholeFrom = (least: number): Rule => ({
  words: `a whole number from ${least} on`,
  holds: (value) => Number.isSafeInteger(value) && Number(value) >= least,
})
const notNegative: Rule = {
  words: 'a number from 0 on',
  holds: (value) => typeof value === 'number' && value >= 0,
}

/**
 * Faults as a client sends them.
 *
 * @param plurals Of the resources that are served.
 * @throws StatusError 400 that names the first field that is wrong.
 */
export function parseFaults(body: Json, plurals: readonly string[]): readonly Fault[] {
  const rules: Readonly<Record<keyof Fault, Rule>> = {
    kind: oneOf(faultKinds),
    verbs: listOf(oneOf(faultVerbs)),
    resources: listOf(oneOf(plurals)),
    times: wholeFrom(1),
    after: wholeFrom(0),
    milliseconds: notNegative,
    retryAfterSeconds: wholeFrom(0),
  }
  const list = isObject(body) ? body.faults : undefined
  if (!Array.isArray(list)) throw badRequest('faults: must be a list')
  for (const [index, fault] of list.entries()) {
    const place = `faults[${index}]`
    if (!isObject(fault)) throw badRequest(`${place}: must be an object`)
    for (const [field, value] of Object.entries({ kind: null, ...fault })) {
      if (!Object.hasOwn(rules, field)) throw badRequest(`${place}: unknown field ${JSON.stringify(field)}`)
      const { holds, words } = rules[field as keyof Fault]
      if (!holds(value ?? null))
        throw badRequest(`${place}.${field}: must be ${words}, not ${JSON.stringify(value)}`)
    }
  }
  return list as unknown as readonly Fault[]
}
