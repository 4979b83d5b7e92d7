import { chmod, lstat, mkdtemp, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { KdsError } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import { isObject, readJson } from '#base/json.ts'
import type { Context } from '#cli/context.ts'
import type { Owner } from './owner.ts'

/** A sandbox as its private folder describes it. */
export interface SandboxRecord {
  readonly url: string
  readonly port: number
  readonly caPem: string
  readonly nodes: number
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly owner: Owner
  /** Milliseconds without a request after which it ends; absent: never. */
  readonly stopAfter?: number
}

/** A folder that only the user can read, with the kubeconfig and the record of one sandbox: without its record a sandbox ends. */
export interface SandboxFolder {
  readonly path: string
  readonly kubeconfig: string
}

export const folderPrefix = 'kds-sandbox-'
const recordFile = 'sandbox.json'
const draftFile = `${recordFile}.new`
/** Tells a folder that kds made, and may remove, from one that somebody handed it. */
const markFile = '.made-by-kds'

/** Holds the process of the command that a sandbox runs for. */
export const commandFile = '.kds-command'

/** What a sandbox in the background prints. */
export const logFile = 'log'

/** A folder by its path. */
export const sandboxFolder = (path: string): SandboxFolder => ({ path, kubeconfig: join(path, 'kubeconfig') })

/** Where the user's folders of sandboxes are. */
export const folderPlace = ({ cwd, env }: Pick<Context, 'cwd' | 'env'>) =>
  resolve(cwd, env.TMPDIR || tmpdir())

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'it is not a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'it is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EEXIST: 'it exists already, and is not of this sandbox',
}

/** A failure of the file system at a place. */
export function placeError(doing: string, place: string, cause: unknown): KdsError {
  const { code = '', message } = cause as NodeJS.ErrnoException
  return new KdsError(
    'sandbox-folder',
    `cannot ${doing} ${escapeLine(place)}: ${reasons[code] ?? escapeLine(message)}`,
    {
      hint: 'sandboxes keep their kubeconfig in a private folder below TMPDIR: set it to a folder that you may write to',
      cause,
    },
  )
}

/** Makes an empty folder under a name nobody can guess. @throws KdsError with the place where that is not possible */
export async function makeFolder(context: Pick<Context, 'cwd' | 'env'>): Promise<SandboxFolder> {
  const place = folderPlace(context)
  try {
    const path = await mkdtemp(join(place, folderPrefix))
    await chmod(path, 0o700)
    await writeFile(join(path, markFile), '', { mode: 0o600 })
    return sandboxFolder(path)
  } catch (cause) {
    throw placeError('make a folder in', place, cause)
  }
}

/**
 * Writes kubeconfig and record, the record last and at once: who sees it may use the sandbox. Nothing that was there is
 * touched.
 *
 * @throws KdsError where one of the files is there, or cannot be written
 */
export async function fillFolder(
  { kubeconfig, path }: SandboxFolder,
  text: string,
  record: SandboxRecord,
): Promise<void> {
  const [draft, final] = [join(path, draftFile), join(path, recordFile)]
  const made: string[] = []
  const make = async (file: string, content: string) => {
    await writeFile(file, content, { mode: 0o600, flag: 'wx' }).catch((cause) => {
      throw placeError('write', file, cause)
    })
    made.push(file)
  }
  try {
    if (await isThere(final)) throw placeError('write', final, { code: 'EEXIST' })
    await make(kubeconfig, text)
    await make(draft, JSON.stringify(record))
    await rename(draft, final)
  } catch (error) {
    for (const file of made) await rm(file, { force: true })
    throw error
  }
}

const isThere = async (path: string) => (await lstat(path).catch(() => undefined)) !== undefined

/** Whether kds made this folder itself. */
export const isMarked = ({ path }: SandboxFolder): Promise<boolean> => isThere(join(path, markFile))

/** Removes what kds made of a folder: the record first, and the folder itself if it is empty then. */
export async function removeFolder(folder: SandboxFolder): Promise<void> {
  const { kubeconfig, path } = folder
  const own = await isMarked(folder)
  const files = [join(path, recordFile), join(path, draftFile), kubeconfig, join(path, commandFile)]
  for (const file of own ? [...files, join(path, logFile), join(path, markFile)] : files)
    await rm(file, { force: true })
  if (own) await rmdir(path).catch(() => undefined)
}

/** Whether the sandbox of this folder is to go on: nobody has removed its record. */
export const recordStands = ({ path }: SandboxFolder): Promise<boolean> => isThere(join(path, recordFile))

/**
 * What a folder says of its sandbox; undefined while it says nothing.
 *
 * @throws KdsError where what it says is no record
 */
export async function readRecord(folder: SandboxFolder): Promise<SandboxRecord | undefined> {
  const { path } = folder
  const file = join(path, recordFile)
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const record: unknown = readJson(text)
  if (isRecord(record)) return record
  throw new KdsError('sandbox-record', `${escapeLine(file)} is not a record of a sandbox`, {
    hint: (await isMarked(folder))
      ? 'kds sandbox stop --all clears it away, and ends its sandbox if there is one'
      : 'kds did not make its folder: remove it if no such sandbox runs',
  })
}

function isRecord(value: unknown): value is SandboxRecord {
  if (!isObject(value) || !isObject(value.owner)) return false
  const { running } = value.owner
  return (
    typeof value.url === 'string' &&
    typeof value.caPem === 'string' &&
    [value.port, value.nodes, value.startedAt, value.stopAfter ?? 0].every(Number.isFinite) &&
    Number(value.port) > 0 &&
    Number(value.port) < 65_536 &&
    typeof value.owner.host === 'string' &&
    (running === undefined || (isObject(running) && Number.isSafeInteger(running.pid)))
  )
}
