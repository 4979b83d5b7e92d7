/** A program, compiled as the single file is, that runs the calls of tests that stand outside it: see `ask.ts`. */
import { createInterface } from 'node:readline'
import { call } from '#commands/call.ts'
import { outsideOf, type Pretended } from './pretended.ts'
import type { Answered, Asked } from './wire.ts'

interface Running {
  readonly interrupt: AbortController
  readonly sleeping: Map<number, { wake(): void; fail(error: Error): void }>
}

const running = new Map<number, Running>()
const answer = (message: Answered) => void process.stdout.write(`${JSON.stringify(message)}\n`)

/** Sleeps as long as the test says. */
function sleep(id: number, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const sleeping = running.get(id)?.sleeping ?? new Map()
    const number = sleeping.size
    const abort = () => {
      answer({ call: id, awake: number })
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', abort, { once: true })
    const end = (settle: () => void) => () => {
      signal?.removeEventListener('abort', abort)
      settle()
    }
    sleeping.set(number, { wake: end(resolve), fail: (error: Error) => end(() => reject(error))() })
    answer({ call: id, sleep: number, ms })
  })
}

async function run(id: number, argv: readonly string[], pretended: Pretended): Promise<void> {
  const interrupt = new AbortController()
  running.set(id, { interrupt, sleeping: new Map() })
  const around = {
    write: (stream: 'stdout' | 'stderr', text: string) => answer({ call: id, stream, text }),
    sleep: (ms: number, signal?: AbortSignal) => sleep(id, ms, signal),
    signal: interrupt.signal,
  }
  try {
    answer({ call: id, exit: await call(argv, outsideOf(pretended, around)) })
  } catch (error) {
    answer({ call: id, thrown: String((error as Error).stack ?? error) })
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const asked = JSON.parse(line) as Asked
    if ('argv' in asked) void run(asked.call, asked.argv, asked.pretended)
    else if ('interrupted' in asked) running.get(asked.call)?.interrupt.abort(new Error(asked.interrupted))
    else {
      const sleeper = running.get(asked.call)?.sleeping.get(asked.slept)
      if (asked.error === undefined) sleeper?.wake()
      else sleeper?.fail(new Error(asked.error))
    }
  })
  .on('close', () => process.exit())
