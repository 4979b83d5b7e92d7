import { lstat, readdir } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import { warn } from '#commands/shared/inputs/context.ts'
import {
  folderPlace,
  folderPrefix,
  isMarked,
  placeError,
  readRecord,
  removeFolder,
  type SandboxFolder,
  type SandboxRecord,
  sandboxFolder,
} from './folder.ts'
import { isElsewhere, stillRuns } from './owner.ts'

/** A sandbox is silent while its process is stopped, or too busy to answer in time. */
export interface FoundSandbox extends SandboxFolder, SandboxRecord {
  readonly state: 'serving' | 'not answering'
}

/**
 * The user's sandboxes, oldest first. What ended without clearing up is removed, what is no record is told. With
 * `clearing`, a folder of kds' own whose record is none is removed, too: without a record its sandbox ends.
 */
export async function findSandboxes(context: Context, clearing = false): Promise<FoundSandbox[]> {
  const place = folderPlace(context)
  const names = await readdir(place).catch((cause) => {
    throw placeError('look for sandboxes in', place, cause)
  })
  const folders = names.filter((name) => name.startsWith(folderPrefix)).map((name) => join(place, name))
  const found = await Promise.all(folders.map((path) => look(sandboxFolder(path), clearing, context)))
  return found.flatMap((one) => one ?? []).sort((a, b) => a.startedAt - b.startedAt)
}

async function look(
  folder: SandboxFolder,
  clearing: boolean,
  context: Context,
): Promise<FoundSandbox | undefined> {
  if (!(await isOwn(folder, context.user))) return undefined
  try {
    const record = await readRecord(folder)
    if (!record) return undefined
    const state = await stateOf(record)
    if (state !== 'gone') return { ...folder, ...record, state }
    await removeFolder(folder)
  } catch (error) {
    if (!(error instanceof KdsError)) throw error
    if (clearing && error.code === 'sandbox-record' && (await isMarked(folder))) {
      await removeFolder(folder)
      context.stdout.write(`${folder.path} cleared away: it held no record of a sandbox\n`)
      return undefined
    }
    const { code, hint, message } = error
    warn([{ severity: 'warning', code, message, ...(hint === undefined ? {} : { hint }) }], context)
  }
  return undefined
}

/**
 * Somebody else could have put a folder of that name there, to be trusted by mistake. Windows has neither user numbers nor
 * modes; there the place for temporary files is the user's own.
 */
async function isOwn({ path }: SandboxFolder, user: number | undefined): Promise<boolean> {
  const stat = await lstat(path).catch(() => undefined)
  if (!stat?.isDirectory()) return false
  return user === undefined || (stat.uid === user && (stat.mode & 0o077) === 0)
}

/**
 * How a sandbox is. That it does not answer says nothing: it is gone when its process is, or, where the system does not tell of
 * processes, when nobody listens on its port, which the system keeps open for a process that is stopped.
 */
export async function stateOf(record: SandboxRecord): Promise<FoundSandbox['state'] | 'gone'> {
  const runs = await stillRuns(record.owner)
  if (runs === false) return 'gone'
  const answer = await ask(record)
  if (answer === 'answers') return 'serving'
  const port = runs === undefined && !(await isElsewhere(record.owner))
  return port && answer === 'nobody' ? 'gone' : 'not answering'
}

const answerMs = 2_000

/** Whether the server of the record, and no other, answers; `nobody`: its port is closed, or somebody else's. */
function ask({ caPem, port }: SandboxRecord): Promise<'answers' | 'silent' | 'nobody'> {
  return new Promise((resolve) => {
    const call = request({ host: '127.0.0.1', port, path: '/readyz', ca: caPem, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200 ? 'answers' : 'silent')
    })
    const limit = setTimeout(() => call.destroy(new Error('silent')), answerMs)
    call.on('error', ({ code = '' }: NodeJS.ErrnoException) =>
      resolve(/^(ECONNREFUSED|EPROTO|CERT_|.*CERT|ERR_SSL)/.test(code) ? 'nobody' : 'silent'),
    )
    call.on('close', () => clearTimeout(limit))
    call.end()
  })
}
