import type { ValidateMode } from '#planning/check.ts'

/** kubectl takes `true` and `false` for strict and ignore as well. */
export function validateMode(text: string): ValidateMode {
  if (text === 'true' || text === 'strict') return 'strict'
  return text === 'warn' ? 'warn' : 'ignore'
}

/** What the server is told to do about fields that it does not know. */
export const fieldValidation: Readonly<Record<ValidateMode, string>> = {
  strict: 'Strict',
  warn: 'Warn',
  ignore: 'Ignore',
}
