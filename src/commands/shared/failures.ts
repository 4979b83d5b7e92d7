import { KdsError } from '#base/errors.ts'
import { wrapped } from '#base/wrap.ts'
import type { Context } from '#cli/context.ts'
import { errorText } from '#cli/report.ts'
import type { Connected } from './connection.ts'
import { hinted, namespacesHint, otherNamespaces } from './hints.ts'

function bare(error: KdsError): KdsError {
  const { code, exitCode, hint, message } = error
  return error.verbatim || error.location
    ? error
    : new KdsError(code, message, { verbatim: true, exitCode, ...(hint === undefined ? {} : { hint }) })
}

/** Failures of some targets, reported after the others are dealt with, each in its own words, as kubectl does. */
export class Failures {
  readonly #found: KdsError[] = []

  get some(): boolean {
    return this.#found.length > 0
  }

  add(...errors: readonly KdsError[]): void {
    this.#found.push(...errors)
  }

  /** Goes on after a failure that the user can understand, and passes over what `ignored` says is none. */
  async collect(
    work: () => Promise<void>,
    ignored: (error: KdsError) => boolean = () => false,
  ): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof KdsError)) throw error
      if (!ignored(error)) this.#found.push(error)
    }
  }

  /** Tells them on stderr; where there are several, none has kubectl's prefix. Answers the exit code. */
  async report(connected: Connected | undefined, context: Context): Promise<number> {
    const several = this.#found.length > 1
    for (const error of this.#found) {
      const told = connected ? await hinted(error, connected) : error
      context.stderr.write(errorText(several ? bare(told) : told, context.program, 0, context.style.stderr))
    }
    return Math.max(0, ...this.#found.map((error) => error.exitCode))
  }
}

/** A namespace of a cluster; or of a dump, with the namespaces in which that has DaemonSets. */
export type LookedIn = Connected | { readonly namespace: string; readonly elsewhere: readonly string[] }

/**
 * kubectl's words, on stderr, where there is nothing to work on, and where there would be something.
 */
export async function tellNothingFound(
  allNamespaces: boolean,
  where: LookedIn,
  { stderr, style }: Context,
): Promise<void> {
  if (allNamespaces) return stderr.write('No resources found\n')
  const { namespace } = where
  stderr.write(`No resources found in ${namespace} namespace.\n`)
  const hint = 'cluster' in where ? await namespacesHint(where) : otherNamespaces(namespace, where.elsewhere)
  if (hint !== undefined) stderr.write(`${style.stderr.dim('hint:')} ${hint}\n`)
}

/** A warning on stderr. Its first line is broken between words where a terminal is too narrow for it. */
export function tellWarning(text: string, { stderr, style }: Context): void {
  const [line = '', ...rest] = text.split('\n')
  const [first = '', ...others] = stderr.isTerminal
    ? wrapped(`Warning: ${line}`, stderr.columns)
    : [`Warning: ${line}`]
  const head = first.replace('Warning:', style.stderr.warn('Warning:'))
  stderr.write(`${[head, ...others, ...rest].join('\n')}\n`)
}
