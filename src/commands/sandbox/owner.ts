import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'

/** The process that serves a sandbox, in a way that no later process can be mistaken for it. */
export interface Owner {
  /** The machine, or the container: elsewhere its process numbers mean others. */
  readonly host: string
  /** With its start; absent where the system has no /proc to look it up in. */
  readonly running?: { readonly pid: number; readonly start: string }
}

/** `[number, state, start]` of a process from Linux' /proc, undefined where there is none. */
async function processOf(pid: number | 'self'): Promise<readonly [number, string, string] | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined)
  if (stat === undefined || boot === undefined) return undefined
  // The program's name stands in brackets and may hold any; after it come the state and, 19 fields on, the start in ticks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return [Number.parseInt(stat, 10), fields[0] ?? '', `${boot.trim()}/${fields[19]}`]
}

async function thisHost(): Promise<string> {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '')
  return [hostname(), ...(namespace ? [namespace] : [])].join(' ')
}

/** This process. */
export async function thisOwner(): Promise<Owner> {
  const [host, self] = await Promise.all([thisHost(), processOf('self')])
  return { host, ...(self ? { running: { pid: self[0], start: self[2] } } : {}) }
}

/** Whether a process still runs, stopped or not; undefined where the system does not say. */
export async function stillRuns({ host, running }: Owner): Promise<boolean | undefined> {
  if (!running || host !== (await thisHost())) return undefined
  const found = await processOf(running.pid)
  return found !== undefined && found[2] === running.start && !['Z', 'X'].includes(found[1])
}

/** Whether nobody else could tell of a process than this machine. */
export const isElsewhere = async ({ host }: Owner): Promise<boolean> => host !== (await thisHost())
