import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/*
 * A chunk for each lazily loaded module, and for each set of them that shares code, would be dozens of tiny files, and
 * each costs a command about a millisecond to load. So the modules that are loaded lazily are bundled in these groups: what
 * one command needs comes in a few files. The first pattern that fits a module's path under src/ decides;
 * client-node (auth-provider) stays on its own.
 */
const groups = [
  ['sandbox', /^(commands\/sandbox|sandbox)\//],
  [
    'plan',
    /^(commands\/(plan\/(?!live|server-dry-run)|rollout\/simulate)|manifest\/|yaml\/|views\/(table|plan\/|simulate\/))/,
  ],
  ['live', /^(commands\/(rollout|plan\/|shared\/)|cluster\/(?!live\/auth-provider)|rollout\/|views\/)/],
]

const importCall = /(?<!typeof )\bimport\('([#.][^']+\.ts)'\)/g

function sourceFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}

/** An esbuild plugin; `rooms` maps `#room/*` to folders as package.json's imports do. */
export function bundleGroups(root, rooms) {
  const source = join(root, 'src')
  const members = new Map(groups.map(([name]) => [name, []]))
  const target = (specifier, from) => {
    if (specifier.startsWith('.')) return join(dirname(from), specifier)
    const [room, ...rest] = specifier.split('/')
    return join(root, rooms[`${room}/*`].replace('*', rest.join('/')))
  }
  /** `import('x')` becomes a look into its group. Members get their numbers as they are met. */
  const rewrite = (text, from) =>
    text.replace(importCall, (whole, specifier) => {
      const path = target(specifier, from)
      const group = groups.find(([, pattern]) => pattern.test(relative(source, path)))
      if (!group) return whole
      const list = members.get(group[0])
      if (!list.includes(path)) list.push(path)
      return `import('group:${group[0]}').then((group) => group.m${list.indexOf(path)})`
    })
  return {
    name: 'bundle-groups',
    setup(build) {
      const texts = new Map()
      const read = (path) => {
        if (!texts.has(path)) texts.set(path, rewrite(readFileSync(path, 'utf8'), path))
        return texts.get(path)
      }
      // Every file is read before the first group is asked for, so that each group knows all its members.
      build.onStart(() => {
        for (const path of sourceFiles(source)) read(path)
      })
      build.onResolve({ filter: /^group:/ }, ({ path }) => ({ path: path.slice(6), namespace: 'group' }))
      build.onLoad({ filter: /.*/, namespace: 'group' }, ({ path }) => ({
        contents: members
          .get(path)
          .map((member, i) => `export * as m${i} from ${JSON.stringify(member)}`)
          .join('\n'),
        resolveDir: source,
      }))
      build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({ contents: read(path), loader: 'ts' }))
    },
  }
}
