import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { builtDist } from './built-dist.ts'
import { singleFile } from './single-file.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** kds as npm would pack it, built freshly into a folder of its own, or the single file; and a folder for PATH. */
export interface Stage {
  readonly folder: string
  /** Holds every command of the package by its name, and `node`. */
  readonly bin: string
}

export function stage(): Stage {
  const root = temporaryFolder()
  const folder = join(root, 'package')
  const bin = join(root, 'bin')
  mkdirSync(folder)
  mkdirSync(bin)
  const content = JSON.parse(readFileSync('package.json', 'utf8')) as {
    files: string[]
    bin: Record<string, string>
  }
  for (const file of ['package.json', ...content.files])
    if (file !== 'dist' && existsSync(file)) cpSync(file, join(folder, file), { recursive: true })
  if (!singleFile) cpSync(builtDist(), join(folder, 'dist'), { recursive: true })
  for (const [name, file] of Object.entries(content.bin))
    symlinkSync(singleFile ?? join(folder, file), join(bin, name))
  symlinkSync(process.execPath, join(bin, 'node'))
  return { folder, bin }
}
