/*
 * Loads the code of kds, and keeps it compiled in the user's own cache folder, on each Node in a folder of its own. V8 compiles
 * what stands there in a third of the time. Node's `enableCompileCache` does so for modules, on Node 22.1 and newer, and half as much.
 * Where nothing can be kept nothing is lost but milliseconds; NODE_DISABLE_COMPILE_CACHE=1 switches it off.
 */
declare const KDS_BUILD: string

// Imported, they would load all that they have: see scripts/build.mjs.
const { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } =
  process.getBuiltinModule('node:fs')
const { basename, dirname, isAbsolute, join } = process.getBuiltinModule('node:path')
const { Script } = process.getBuiltinModule('node:vm')

interface Module {
  exports: object
}
type Code = (require: (name: string) => unknown, module: Module) => void

const folders = cacheFolders()
const mayRead = folders.slice(1).every(isOwn)
const modules = new Map<string, Module>()
/** What was compiled anew, by the name of its file. */
const anew = new Map<string, InstanceType<typeof Script>>()

/** The user's cache, and those inside it in which kds keeps its code, the last by build and V8; none where nothing may be kept. */
function cacheFolders(): string[] {
  const { HOME, LOCALAPPDATA, NODE_DISABLE_COMPILE_CACHE, XDG_CACHE_HOME = '' } = process.env
  // A relative one is to be ignored, says the XDG specification.
  const cache = isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : HOME ? join(HOME, '.cache') : LOCALAPPDATA
  if (!cache || !isAbsolute(cache) || NODE_DISABLE_COMPILE_CACHE === '1') return []
  const kept = `${KDS_BUILD}-${process.versions.v8}-${process.arch}`
  return [cache, join(cache, 'kds'), join(cache, 'kds', 'compiled'), join(cache, 'kds', 'compiled', kept)]
}

/** Whether a folder is there, and nobody else can put code into it: it is run. */
function isOwn(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false })
  const user = process.geteuid?.()
  return (
    stat?.isDirectory() === true && (user === undefined || (stat.uid === user && (stat.mode & 0o022) === 0))
  )
}

function compiled(file: string): Code {
  const name = basename(file)
  const options = { filename: file, ...(mayRead && { cachedData: kept(name) }) }
  const script = new Script(
    `(function(require,module){'use strict';${readFileSync(file, 'utf8')}\n})`,
    options,
  )
  if (!options.cachedData || script.cachedDataRejected) anew.set(name, script)
  return script.runInThisContext() as Code
}

function kept(name: string): Buffer | undefined {
  try {
    return readFileSync(join(folders.at(-1) ?? '', name))
  } catch {
    return undefined
  }
}

function load(file: string): object {
  const known = modules.get(file)
  if (known) return known.exports
  const module = { exports: {} }
  modules.set(file, module)
  const require = (name: string) =>
    name.startsWith('.') ? load(join(dirname(file), name)) : process.getBuiltinModule(name)
  compiled(file)(require, module)
  return module.exports
}

/** Keeps what was compiled anew, with the functions that ran, and removes what other builds kept. */
function keep(): void {
  const folder = folders.at(-1)
  if (!folder || anew.size === 0) return
  // One by one: Node's own way of making those above it, too, tries for ever in `/proc`.
  for (const [depth, one] of folders.entries()) {
    if (!lstatSync(one, { throwIfNoEntry: false })) mkdirSync(one, { mode: 0o700 })
    if (depth > 0 && !isOwn(one)) return
  }
  for (const [name, script] of anew) {
    const file = join(folder, name)
    writeFileSync(`${file}.${process.pid}`, script.createCachedData())
    renameSync(`${file}.${process.pid}`, file)
  }
  for (const other of readdirSync(dirname(folder)))
    if (!other.startsWith(`${KDS_BUILD}-`)) rmSync(join(dirname(folder), other), { recursive: true })
}

process.on('exit', () => {
  try {
    keep()
  } catch {}
})

const { run } = load(join(import.meta.dirname, 'main.cjs')) as typeof import('./main.ts')

export { run }
