import type { Pretended } from './pretended.ts'

/** Messages between the tests and the program that answers their calls: a line of JSON each. */
export type Asked =
  | { readonly call: number; readonly argv: readonly string[]; readonly pretended: Pretended }
  | { readonly call: number; readonly slept: number; readonly error?: string }
  | { readonly call: number; readonly interrupted: string }

export type Answered =
  | { readonly call: number; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | { readonly call: number; readonly sleep: number; readonly ms: number }
  | { readonly call: number; readonly awake: number }
  | { readonly call: number; readonly exit: number }
  | { readonly call: number; readonly thrown: string }
