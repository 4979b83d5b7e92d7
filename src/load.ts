/*
 * Loads the code of kds, and keeps it compiled in the user's own cache folder, on each Node in a folder of its own. V8 compiles
 * what stands there in a third of the time. Node's `enableCompileCache` does so for modules, on Node 22.1 and newer, and half as much.
 * Where nothing can be kept nothing is lost but milliseconds; NODE_DISABLE_COMPILE_CACHE=1 switches it off.
 */
declare const KDS_BUILD: string

// Imported, they would load all that they have: see scripts/build.mjs.
const { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } =
  process.getBuiltinModule('node:fs')
const { isAbsolute, join } = process.getBuiltinModule('node:path')
const { Script } = process.getBuiltinModule('node:vm')

interface Module {
  exports: object
}
type Code = (require: (name: string) => unknown, module: Module) => void

/** So many builds and Nodes may keep theirs beside each other; 1 to 3 MB each. */
const mostKept = 6

const chunks = join(import.meta.dirname, 'chunks/')
const folders = cacheFolders()
const mayRead = folders.slice(1).every(isOwn)
const modules = new Map<string, Module>()
const scripts = new Map<string, InstanceType<typeof Script>>()
/** Whether a file was loaded that was not kept yet, as by the first call of a command. */
let isAnew = false
/** Flags of V8 that this call has set, and as they were. */
const flags: (readonly [now: string, before: string])[] = []

function setFlag(now: string, before: string): void {
  flags.push([now, before])
  process.getBuiltinModule('node:v8').setFlagsFromString(now)
}

/** Under the flags of the start: V8 takes kept code only under those under which it was kept. */
function asAtStart<T>(work: () => T): T {
  const { setFlagsFromString } = flags.length > 0 ? process.getBuiltinModule('node:v8') : {}
  for (const [, before] of flags) setFlagsFromString?.(before)
  try {
    return work()
  } finally {
    for (const [now] of flags) setFlagsFromString?.(now)
  }
}

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

function compiled(name: string): Code {
  const filename = `${chunks}${name}`
  const options = { filename, ...(mayRead && { cachedData: kept(name) }) }
  const script = asAtStart(() => new Script(readFileSync(filename, 'utf8'), options))
  if (!options.cachedData || script.cachedDataRejected) isAnew = true
  scripts.set(name, script)
  return script.runInThisContext() as Code
}

function kept(name: string): Buffer | undefined {
  try {
    return readFileSync(`${folders.at(-1)}/${name}`)
  } catch {
    return undefined
  }
}

/** Node's modules by their names, ours as `./name`: all files of dist/chunks are functions, see scripts/build.mjs. */
function required(name: string): object {
  if (!name.startsWith('./')) return process.getBuiltinModule(name) as object
  const known = modules.get(name)
  if (known) return known.exports
  const module = { exports: {} }
  modules.set(name, module)
  compiled(name.slice(2))(required, module)
  return module.exports
}

/** Keeps all that was loaded, with the functions that ran in this call and those before it, and removes what was kept longest ago. */
function keep(): void {
  const [compiledHere = '', folder] = folders.slice(-2)
  if (!folder || !isAnew) return
  // One by one: Node's own way of making those above it, too, tries for ever in `/proc`.
  for (const [depth, one] of folders.entries()) {
    if (!lstatSync(one, { throwIfNoEntry: false })) mkdirSync(one, { mode: 0o700 })
    if (depth > 0 && !isOwn(one)) return
  }
  for (const [name, script] of scripts) {
    const file = join(folder, name)
    writeFileSync(`${file}.${process.pid}`, script.createCachedData())
    renameSync(`${file}.${process.pid}`, file)
  }
  const ages = readdirSync(compiledHere).map((name) => {
    const path = join(compiledHere, name)
    return { path, at: lstatSync(path).mtimeMs }
  })
  ages.sort((a, b) => b.at - a.at)
  for (const { path } of ages.slice(mostKept)) rmSync(path, { recursive: true })
}

process.on('exit', () => {
  try {
    asAtStart(keep)
  } catch {}
})

const { run } = required('./main.cjs') as typeof import('./main.ts')
run(process, setFlag)
