import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { call } from '#commands/call.ts'
import { answeringProgram } from '../single-file.ts'
import { type Around, outsideOf, type Pretended } from './pretended.ts'
import type { Answered, Asked } from './wire.ts'

/** Runs kds in this process or, where the tests are of the single file, in a program of the same make; answers its exit code. */
export const runCall = (argv: readonly string[], pretended: Pretended, around: Around): Promise<number> =>
  answeringProgram === undefined
    ? call(argv, outsideOf(pretended, around))
    : ask(answeringProgram, argv, pretended, around)

interface Asking {
  readonly around: Around
  readonly sleepers: Map<number, AbortController>
  resolve(exit: number): void
  reject(error: Error): void
}

const asking = new Map<number, Asking>()
let child: ChildProcess | undefined
let count = 0

const say = (message: Asked) => void child?.stdin?.write(`${JSON.stringify(message)}\n`)

function hear(message: Answered): void {
  const one = asking.get(message.call)
  if (!one) return
  if ('text' in message) one.around.write(message.stream, message.text)
  else if ('ms' in message) sleep(message.call, one, message.sleep, message.ms)
  else if ('awake' in message) one.sleepers.get(message.awake)?.abort(new Error('awake'))
  else if ('exit' in message) one.resolve(message.exit)
  else one.reject(new Error(message.thrown))
}

function sleep(id: number, { around, sleepers }: Asking, number: number, ms: number): void {
  const controller = new AbortController()
  sleepers.set(number, controller)
  around.sleep(ms, controller.signal).then(
    () => say({ call: id, slept: number }),
    (error) =>
      controller.signal.aborted || say({ call: id, slept: number, error: String(error?.message ?? error) }),
  )
}

/** Started with the first call of a test file; ends with the process of its tests. */
function start(program: string): ChildProcess {
  const started = spawn(program, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { TZ: 'UTC', PATH: process.env.PATH },
  })
  createInterface({ input: started.stdout }).on('line', (line) => hear(JSON.parse(line) as Answered))
  started.on('exit', (code, signal) => {
    child = undefined
    for (const { reject } of asking.values()) reject(new Error(`${program} ended: ${signal ?? code}`))
    asking.clear()
  })
  return started
}

async function ask(
  program: string,
  argv: readonly string[],
  pretended: Pretended,
  around: Around,
): Promise<number> {
  child ??= start(program)
  const id = count++
  const interrupt = () =>
    say({ call: id, interrupted: String(around.signal.reason?.message ?? 'interrupted') })
  try {
    return await new Promise<number>((resolve, reject) => {
      asking.set(id, { around, sleepers: new Map(), resolve, reject })
      say({ call: id, argv, pretended })
      if (around.signal.aborted) interrupt()
      around.signal.addEventListener('abort', interrupt)
    })
  } finally {
    around.signal.removeEventListener('abort', interrupt)
    for (const sleeper of asking.get(id)?.sleepers.values() ?? []) sleeper.abort(new Error('ended'))
    asking.delete(id)
  }
}
