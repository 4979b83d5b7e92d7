/** kds as a program of its own, in a folder that is also its TMPDIR: for what only a process can show. */
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll } from 'vitest'
import { builtDist } from '../../helpers/built-dist.ts'
import type { Run } from '../../helpers/kubectl.ts'
import { singleFile } from '../../helpers/single-file.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

export interface Started {
  readonly child: ChildProcess
  readonly result: Promise<Run>
  out(): string
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly uid?: number
}

/** The folder that is TMPDIR, and where the program stands. */
export let place: string
let program: string | undefined
const running = new Set<ChildProcess>()

/** Builds the program before the tests of a file; stops what they started after each of them. */
export function useProgram(): void {
  beforeAll(() => {
    place = temporaryFolder()
    if (singleFile) return
    cpSync(builtDist(), join(place, 'dist'), { recursive: true })
    writeFileSync(join(place, 'package.json'), '{"type":"module"}')
    program = join(place, 'kds.js')
    writeFileSync(program, "import './dist/load.cjs'\n")
  }, 60_000)
  afterEach(async () => {
    await kds('sandbox', 'stop', '--all')
    for (const child of running) child.kill('SIGKILL')
    running.clear()
  })
}

export function start(argv: readonly string[], { env, uid }: StartOptions = {}): Started {
  const child = spawn(singleFile ?? process.execPath, program ? [program, ...argv] : argv, {
    env: { PATH: process.env.PATH, HOME: place, TMPDIR: place, TZ: 'UTC', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid }),
  })
  running.add(child)
  const texts = { out: '', err: '' }
  child.stdout?.on('data', (chunk) => {
    texts.out += chunk
  })
  child.stderr?.on('data', (chunk) => {
    texts.err += chunk
  })
  const result = new Promise<Run>((resolve) => {
    child.on('close', (code) => {
      running.delete(child)
      resolve({ ...texts, exit: code ?? -1 })
    })
  })
  return { child, result, out: () => texts.out }
}

export const kds = (...argv: readonly string[]) => start(argv).result

/** The folders of sandboxes that there are. */
export const folders = () => readdirSync(place).filter((name) => name.startsWith('kds-sandbox-'))
