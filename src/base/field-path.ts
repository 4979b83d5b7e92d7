import { escapeLine } from './escape.ts'
import type { Json } from './json.ts'

/** A place in an object: keys and list indexes from its root, `['spec', 'tolerations', 0, 'effect']`. */
export type FieldPath = readonly (string | number)[]

/** A value to put at a place of an object; without one, what is there is taken out. */
export interface FieldEdit {
  readonly path: FieldPath
  readonly value?: Json
}

/** A path in Kubernetes' notation: `spec.taints[0].key`, and keys that no field can have in brackets: `labels[example.com/a]`. */
export function fieldText(path: FieldPath): string {
  return path
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`
      if (!/^\w+$/.test(step)) return `[${escapeLine(step)}]`
      return i === 0 ? step : `.${step}`
    })
    .join('')
}
