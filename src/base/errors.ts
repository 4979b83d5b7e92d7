/**
 * What every room may say about a failure. Errors travel as values of one class and become text in `main.ts` only.
 */

/** A place in a file that the user gave. Line and column are 1-based. */
export interface Location {
  readonly file: string
  readonly line: number
  readonly column: number
  /** The line as it stands there, or a part of it around the column. */
  readonly text?: string
  /** The column at which `text` begins; 1 unless it is said. */
  readonly textFrom?: number
}

/** One finding about an input. `code` is stable and meant for programs, `message` for people. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning'
  readonly code: string
  readonly message: string
  readonly location?: Location
  /** The field, in Kubernetes' notation: `spec.template.spec.containers[0].image`. */
  readonly field?: string
  /** What to do about it: one sentence, no trailing dot needed. */
  readonly hint?: string
}

interface KdsErrorOptions {
  readonly hint?: string
  readonly location?: Location
  readonly diagnostics?: readonly Diagnostic[]
  readonly exitCode?: number
  readonly cause?: unknown
  /** Printed as it is, without the `error: ` prefix: kubectl's own wording for server and connection errors. */
  readonly verbatim?: boolean
}

/** A failure that the user can understand and correct. Anything else that is thrown is a defect of kds. */
export class KdsError extends Error {
  readonly code: string
  readonly hint: string | undefined
  readonly location: Location | undefined
  readonly diagnostics: readonly Diagnostic[]
  readonly exitCode: number
  readonly verbatim: boolean

  constructor(code: string, message: string, options: KdsErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'KdsError'
    this.code = code
    this.hint = options.hint
    this.location = options.location
    this.diagnostics = options.diagnostics ?? []
    this.exitCode = options.exitCode ?? 1
    this.verbatim = options.verbatim ?? false
  }
}

/** A wrong flag or argument. Shown with a pointer to the command's help, as kubectl does. */
export class UsageError extends KdsError {
  constructor(message: string, options: KdsErrorOptions = {}) {
    super('usage', message, options)
    this.name = 'UsageError'
  }
}
