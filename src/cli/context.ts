import type { Agent } from 'node:http'
import type { Style } from '#base/style.ts'

/** An output stream as commands see it: text in, and the facts of the terminal behind it, if there is one. */
export interface OutputStream {
  /** Writes text. Whatever a terminal would act on is escaped, but for the colours of `style`. */
  write(text: string): void
  /** Resolves once whoever reads has taken so much that there is room for more: for texts that are made piece by piece. */
  taken(): Promise<void>
  /** Writes to a terminal what it is to act on: moves of the cursor, and text that is {@link escaped}. */
  draw(controls: string): void
  /** Text as `write` would let it out. */
  escaped(text: string): string
  /** True when a person reads it directly. */
  readonly isTerminal: boolean
  /** Width in columns; 80 where it is not known. */
  readonly columns: number
  /** Height in lines; 24 where it is not known. */
  readonly rows: number
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after `ms`, rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Bytes that the user sends. */
export interface InputStream extends AsyncIterable<Uint8Array> {
  readonly isTerminal: boolean
  /** Gives up reading, so that a question nobody answers does not keep the process alive. */
  destroy?(): unknown
}

/** Tells a person at a terminal what is waited for, where that takes long. */
export interface Waiting {
  /** Does work that is `reading` or `writing` such as `pods`. The work may tell how many there are so far. */
  during<T>(doing: string, what: string, work: (progress: (count: number) => void) => Promise<T>): Promise<T>
  /** Leaves the terminal to work that may use it itself, such as a program that asks for a password. */
  aside<T>(work: () => Promise<T>): Promise<T>
  /** Leaves the terminal to others for the rest of the call. */
  end(): void
}

/** Signals that a command may pass on to a child. */
export type PassedSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT'

/** Everything outside the program that a command may touch, passed down from `main`. */
export interface Context {
  /** How the user called us, for usage texts: `kds`, or `kubectl kds` as a plugin. */
  readonly program: string
  readonly version: string
  readonly stdin: InputStream
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** The number of the user to whom files belong that kds makes; absent on Windows, which has none. */
  readonly user?: number
  readonly clock: Clock
  /**
   * Takes Ctrl-C over for the rest of the call: the first one aborts the signal, so that a command can put things in order,
   * the second ends the process. A command that never asks is ended by the first.
   */
  interrupts(): AbortSignal

  /** The signal of `interrupts()`, if Ctrl-C has been taken over; else it ends the process by itself. */
  readonly interruptsTaken?: () => AbortSignal | undefined

  /** Has work done when the process ends, unless the answer is called before. */
  readonly atExit?: (work: () => void) => () => void
  /** Tells the runtime that memory matters more than speed from now on: for a view that stays open for long and idles. */
  readonly saveMemory?: () => void
  /** For a command that waits for most of a long time: memory is not given back meanwhile, which costs work. */
  readonly saveWork?: () => void
  /** How to start kds again, for what goes on in the background. */
  readonly self?: { readonly command: string; readonly args: readonly string[] }
  /** Gives signals to the listener, instead of ending the process, until the answer is called. For commands that pass them on. */
  readonly takeSignals?: (listener: (signal: PassedSignal) => void) => () => void
  /** The proxy on the way to a URL that is no cluster's, with an agent that makes connections through it. */
  readonly proxyTo?: (url: URL) => Promise<{ readonly url: URL; readonly agent: Agent } | undefined>
  readonly waiting: Waiting
  /** Colours and weights for stdout and stderr; plain functions that return their input when colour is off. */
  readonly style: { readonly stdout: Style; readonly stderr: Style }
}
