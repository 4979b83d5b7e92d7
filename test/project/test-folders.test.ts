import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { removeTemporaryFolders, temporaryFolder } from '../helpers/temporary-folder.ts'

/** Folders of test/ that are no room's. */
const others = ['fixtures', 'golden', 'helpers', 'project']

function below(folder: string, what: 'folders' | 'files'): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => (what === 'folders') === entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}

const topOf = (path: string) => path.split('/')[0] ?? ''
const rooms = readdirSync('src', { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? entry.name : [],
)
const tests = below('test', 'files').filter((file) => file.endsWith('.ts'))

describe('test/ mirrors src/', () => {
  it('every folder is a folder or a file of src/', () => {
    const folders = below('test', 'folders').filter((folder) => !others.includes(topOf(folder)))
    const sources = [
      ...below('src', 'folders'),
      ...below('src', 'files').map((file) => file.replace(/\.ts$/, '')),
    ]
    expect(folders.filter((folder) => !sources.includes(folder))).toEqual([])
  })

  it('every room has tests', () => {
    const tested = new Set(tests.filter((file) => file.endsWith('.test.ts')).map(topOf))
    expect(rooms.filter((room) => !tested.has(room))).toEqual([])
  })

  it('fixtures lie in the folder of a room, or in that of what surrounds them all', () => {
    const strays = below('test/fixtures', 'files').filter(
      (file) => ![...rooms, 'project'].includes(topOf(file)),
    )
    expect(strays).toEqual([])
  })

  it('what several folders use stands above them, or in test/helpers', () => {
    const strays = tests.flatMap((file) => {
      const text = readFileSync(join('test', file), 'utf8')
      const imports = [
        ...text.matchAll(/^(?:import|export)[^'\n]*? from '(\.[^']*\.ts)'|^\} from '(\.[^']*\.ts)'/gm),
      ]
      return imports
        .map((match) => dirname(join(dirname(file), match[1] ?? match[2] ?? '')))
        .filter((folder) => topOf(folder) !== 'helpers' && !`${dirname(file)}/`.startsWith(`${folder}/`))
        .map((folder) => `${file} imports from test/${folder}`)
    })
    expect(strays).toEqual([])
  })

  it('leaves no folder behind: temporaryFolder makes them all, in that of the run, and they go with the file', () => {
    const makers = tests.filter((file) => /\btmpdir\b/.test(readFileSync(join('test', file), 'utf8')))
    expect(makers.sort()).toEqual(['helpers/run-folder.ts', 'helpers/temporary-folder.ts'])
    const folder = temporaryFolder()
    expect(dirname(folder)).toBe(process.env.KDS_TEST_RUN)
    removeTemporaryFolders()
    expect(existsSync(folder)).toBe(false)
  })

  it('every fixture is read', () => {
    const golden = below('test/golden', 'files').map((file) => join('golden', file))
    const texts = [...tests, ...golden].map((file) => readFileSync(join('test', file), 'utf8'))
    const unread = below('test/fixtures', 'files').filter((file) => {
      const folder = dirname(file)
      const names = [basename(file), ...(folder.includes('/') ? [`/${basename(folder)}`] : [])]
      return !names.some((name) => texts.some((text) => text.includes(name)))
    })
    expect(unread).toEqual([])
  })
})
