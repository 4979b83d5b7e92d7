import { KdsError } from '#base/errors.ts'

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

/**
 * Puts another text into a file that was read as `before`. Its permissions and its byte order mark stay, and its owner if that may be;
 * links are followed, and whoever reads meanwhile sees the old text or the new one, never a half.
 *
 * @throws KdsError where the file does not hold `before` any more, or holds it in another form than UTF-8.
 */
export async function replaceFile(path: string, before: string, after: string): Promise<void> {
  // Only what is written needs it, and it takes a millisecond to load.
  const { chmod, chown, readFile, realpath, rename, rm, stat, writeFile } = await import('node:fs/promises')
  const file = await realpath(path)
  const bytes = await readFile(file)
  const marked = bytes.subarray(0, 3).equals(byteOrderMark)
  if (!bytes.subarray(marked ? 3 : 0).equals(Buffer.from(before)))
    throw new KdsError(
      'changed-meanwhile',
      `${path} was not written: it is not UTF-8, or somebody has changed it meanwhile`,
      {
        hint: 'save it as UTF-8 and run it again',
      },
    )
  const fresh = `${file}.${crypto.randomUUID()}`
  try {
    await writeFile(fresh, Buffer.concat([marked ? byteOrderMark : Buffer.alloc(0), Buffer.from(after)]), {
      flag: 'wx',
      // It may hold secrets.
      mode: 0o600,
    })
    const { gid, mode, uid } = await stat(file)
    await chown(fresh, uid, gid).catch(() => {})
    await chmod(fresh, mode & 0o7777)
    await rename(fresh, file)
  } catch (cause) {
    await rm(fresh, { force: true })
    throw new KdsError('unwritable', `cannot write ${path}: ${(cause as Error).message}`, { cause })
  }
}
