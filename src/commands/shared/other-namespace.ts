import { KdsError } from '#base/errors.ts'

/** kubectl's refusal of an object of another namespace than `-n` names. */
export function otherNamespace(own: string, given: string): KdsError {
  return new KdsError(
    'usage',
    `the namespace from the provided object "${own}" does not match the namespace "${given}". You must pass '--namespace=${own}' to perform this operation.`,
  )
}
