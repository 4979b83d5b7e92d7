import { chmod, lstat, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Context } from '#cli/context.ts'

/** A sandbox as its private folder describes it. */
export interface SandboxRecord {
  readonly url: string
  readonly port: number
  readonly caPem: string
  readonly nodes: number
  /** Milliseconds since the epoch. */
  readonly startedAt: number
}

/** A folder that only the user can read; it holds the kubeconfig of one sandbox, and stands for it: without it the sandbox ends. */
export interface SandboxFolder {
  readonly path: string
  readonly kubeconfig: string
}

export interface FoundSandbox extends SandboxFolder, SandboxRecord {}

const prefix = 'kds-sandbox-'
const recordFile = 'sandbox.json'
const answerMs = 2_000

const folderAt = (path: string): SandboxFolder => ({ path, kubeconfig: join(path, 'kubeconfig') })
const place = ({ env }: Pick<Context, 'env'>) => env.TMPDIR || tmpdir()

/** Makes an empty folder under a name nobody can guess. */
export async function makeFolder(context: Pick<Context, 'env'>): Promise<SandboxFolder> {
  const path = await mkdtemp(join(place(context), prefix))
  await chmod(path, 0o700)
  return folderAt(path)
}

/** Writes kubeconfig and record, the record last and at once: who sees it may use the sandbox. */
export async function fillFolder(
  { kubeconfig, path }: SandboxFolder,
  text: string,
  record: SandboxRecord,
): Promise<void> {
  const mode = 0o600
  await writeFile(kubeconfig, text, { mode })
  const draft = join(path, `${recordFile}.new`)
  await writeFile(draft, JSON.stringify(record), { mode })
  await rename(draft, join(path, recordFile))
}

export async function removeFolder({ path }: SandboxFolder): Promise<void> {
  await rm(path, { recursive: true, force: true })
}

/** Whether the folder is still there. */
export async function folderStands({ path }: SandboxFolder): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined
}

/** What a folder says of its sandbox; undefined while it says nothing. */
export async function readRecord({ path }: SandboxFolder): Promise<SandboxRecord | undefined> {
  const text = await readFile(join(path, recordFile), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as SandboxRecord)
}

/** A folder by its path. */
export const sandboxFolder = folderAt

/** The user's sandboxes that answer, oldest first. Folders of those that do not any more are removed. */
export async function findSandboxes(context: Pick<Context, 'env'>): Promise<FoundSandbox[]> {
  const found: FoundSandbox[] = []
  for (const name of await readdir(place(context))) {
    if (!name.startsWith(prefix)) continue
    const folder = folderAt(join(place(context), name))
    if (!(await isOwn(folder))) continue
    const record = await readRecord(folder)
    if (!record) continue
    if (await answers(record)) found.push({ ...folder, ...record })
    else await removeFolder(folder)
  }
  return found.sort((a, b) => a.startedAt - b.startedAt)
}

/** Somebody else could have put a folder of that name there, to be trusted by mistake. */
async function isOwn({ path }: SandboxFolder): Promise<boolean> {
  const stat = await lstat(path).catch(() => undefined)
  return stat?.isDirectory() === true && stat.uid === userInfo().uid && (stat.mode & 0o077) === 0
}

/** Whether the server of the record, and no other, is there. */
export function answers({ caPem, port }: SandboxRecord): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request(
      { host: '127.0.0.1', port, path: '/readyz', ca: caPem, agent: false, timeout: answerMs },
      (answer) => {
        answer.resume()
        resolve(answer.statusCode === 200)
      },
    )
    call.on('timeout', () => call.destroy())
    call.on('error', () => resolve(false))
    call.end()
  })
}
