import { readFileSync } from 'node:fs'

/** A whole file, `shown` in errors as its user wrote it. @throws Error in Go's words, with the system's code */
export function readText(path: string, shown = path): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException
    const reasons: Record<string, string> = {
      ENOENT: 'no such file or directory',
      EACCES: 'permission denied',
    }
    const words =
      code === 'EISDIR' ? `read ${shown}: is a directory` : `open ${shown}: ${reasons[code] ?? code}`
    throw Object.assign(new Error(words, { cause: error }), { code })
  }
}
