import { isatty } from 'node:tty'
import type { InputStream, PassedSignal } from '#cli/context.ts'
import type { RawStream } from '#cli/edge.ts'
import type { Outside } from '#cli/main.ts'
import { call } from '#commands/call.ts'

declare const KDS_VERSION: string
/** Whether this is the single file, which no script is named to, and which has its code compiled. */
declare const KDS_SINGLE_FILE: boolean

/** As in cli/exit-codes.ts: not imported, so that `--version` loads this file alone. */
const interrupted = 130

function outputStream(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): RawStream {
  return {
    write: (text) => void stream.write(text),
    // Where writing fails the process ends.
    taken: () => new Promise((then) => (stream.writableNeedDrain ? stream.once('drain', then) : then())),
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns || Number.parseInt(env.COLUMNS ?? '', 10) || 80
    },
    get rows() {
      return stream.rows || Number.parseInt(env.LINES ?? '', 10) || 24
    },
  }
}

/** Opened when it is first read: a stream that nobody reads must not keep the process alive. */
const inputStream = (process: NodeJS.Process): InputStream => ({
  isTerminal: isatty(0),
  [Symbol.asyncIterator]: () => process.stdin[Symbol.asyncIterator](),
  destroy: () => process.stdin.destroy(),
})

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', abort, { once: true })
  })
}

/** Aborted by the first Ctrl-C; the second ends the process. */
function takeInterrupts(process: NodeJS.Process): AbortSignal {
  const controller = new AbortController()
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(interrupted)
    controller.abort(new Error('interrupted'))
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return controller.signal
}

const passedSignals: readonly PassedSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']

function takeSignals(process: NodeJS.Process, listener: (signal: PassedSignal) => void): () => void {
  const handlers = passedSignals.map((name) => ({ name, handle: () => listener(name) }))
  for (const { name, handle } of handlers) process.on(name, handle)
  return () => {
    for (const { name, handle } of handlers) process.off(name, handle)
  }
}

/** Sets a flag of V8 that was another `before`. */
type SetFlag = (now: string, before: string) => void

/**
 * V8 lets the room for new objects grow to 32 MB and more (Node 20) or 128 (Node 24) where objects come in bursts, and keeps it. It
 * asks for this factor whenever it would let it grow. That of Node 20 lets all objects grow to three times what was there at the
 * start before it looks for what is gone, and compiles what has run for a moment anew to run faster, on threads of its own: what
 * then waits for most of its time never earns that, nor its 10 to 20 MB. Others would complain of the flag that puts it off; these
 * have a cheaper compiler (Maglev), which does without the dear one. That of Node 22 would not take kept code any more, even with
 * the flag as it was.
 */
function saveMemory(setFlag: SetFlag): void {
  setFlag('--semi-space-growth-factor=1', '--semi-space-growth-factor=2')
  if (process.versions.v8?.startsWith('11.3.')) {
    setFlag('--heap-growing-percent=60', '--heap-growing-percent=0')
    setFlag('--interrupt-budget=500000', '--interrupt-budget=67584')
  } else if (Number.parseInt(process.versions.v8 ?? '', 10) > 12) setFlag('--no-turbofan', '--turbofan')
}

/**
 * Where a program waits for eight seconds that of Node 20 looks for what is gone, twice, to give memory back: a tenth of all that
 * following a roll-out on a pipe takes, for a megabyte or two.
 */
function saveWork(setFlag: SetFlag): void {
  if (process.versions.v8?.startsWith('11.3.'))
    setFlag('--gc-memory-reducer-start-delay-ms=1000000000', '--gc-memory-reducer-start-delay-ms=8000')
}

/** The name that we were called by, which a link may choose: `kubectl-kds` makes us a plugin. */
function calledAs(process: NodeJS.Process): string {
  const path = KDS_SINGLE_FILE ? process.argv0 : (process.argv[1] ?? '')
  return path.replace(/^.*[\\/]/, '').replace(/\.\w+$/, '')
}

function outside(process: NodeJS.Process, setFlag: SetFlag | undefined): Outside {
  let signal: AbortSignal | undefined
  return {
    program: calledAs(process) === 'kubectl-kds' ? 'kubectl kds' : 'kds',
    version: KDS_VERSION,
    stdin: inputStream(process),
    stdout: outputStream(process.stdout, process.env),
    stderr: outputStream(process.stderr, process.env),
    env: process.env,
    cwd: process.cwd(),
    ...(process.geteuid ? { user: process.geteuid() } : {}),
    clock: { now: () => Date.now(), sleep },
    interrupts: () => {
      signal ??= takeInterrupts(process)
      return signal
    },
    interruptsTaken: () => signal,
    atExit: (work) => {
      process.once('exit', work)
      return () => void process.off('exit', work)
    },
    ...(setFlag && { saveMemory: () => saveMemory(setFlag), saveWork: () => saveWork(setFlag) }),
    self: {
      command: process.execPath,
      args: KDS_SINGLE_FILE ? [] : [...process.execArgv, process.argv[1] ?? ''],
    },
    takeSignals: (listener) => takeSignals(process, listener),
  }
}

/**
 * Ends the process with its command, when its output is written: a proxy that never answers must not keep it alive, and nobody waits
 * for Node to take itself apart.
 */
function end(process: NodeJS.Process): void {
  // Bun takes what is written at once, and tells only of the end when a slow reader has it. Node would shut a socket down that
  // others write to as well. Errors of writing are told before the process ends.
  const ended = (stream: NodeJS.WriteStream, then: () => void) =>
    KDS_SINGLE_FILE ? stream.end(() => setImmediate(then)) : stream.write('', () => setImmediate(then))
  if (!KDS_SINGLE_FILE && isWritten(process.stdout) && isWritten(process.stderr)) process.exit()
  ended(process.stdout, () => ended(process.stderr, () => process.exit()))
}

/** Whether the system has all of it, as it mostly has at once: nothing is left that could fail. */
const isWritten = (stream: NodeJS.WriteStream) => stream.writableLength === 0 && !stream.errored

/** A reader that closes the pipe early (`kds … | head`) is no failure; output that gets lost otherwise is one. */
function mind(stream: NodeJS.WriteStream, process: NodeJS.Process): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0)
    if (stream !== process.stderr) process.stderr.write(`error: cannot write the output: ${error.message}\n`)
    process.exit(1)
  })
}

/** Nothing is left that could happen, and no answer was given: that must not look like success. */
function giveUp(process: NodeJS.Process): void {
  process.stderr.write(
    'error: internal error: it waits for what never comes\nhint: this is a defect of kds: report what you ran\n',
    () => process.exit(1),
  )
}

/**
 * Runs kds for this process: the only code that touches `process`.
 *
 * @param setFlag Bun has another engine than V8, without such flags.
 */
export async function run(process: NodeJS.Process, setFlag?: SetFlag): Promise<void> {
  const argv = process.argv.slice(2)
  mind(process.stdout, process)
  if (calledAs(process) === 'kubectl_complete-kds') argv.unshift('__complete')
  if (argv[0] === '__complete') {
    const { answerFor } = await import('#commands/complete/answer.ts')
    const answer = await answerFor(argv.slice(1), outside(process, setFlag))
    // A look-up that came too late must not keep the shell waiting.
    process.stdout.write(answer, () => process.exit(0))
    return
  }
  if (argv.length === 1 && argv[0] === '--version') {
    process.stdout.write(`kds ${KDS_VERSION}\n`)
    return
  }
  mind(process.stderr, process)
  process.once('beforeExit', () => giveUp(process))
  process.exitCode = await call(argv, outside(process, setFlag))
  end(process)
}
