import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandLines, printed, tooWide, updating } from '../helpers/golden.ts'
import { words } from '../helpers/run.ts'
import { holdScenes } from '../helpers/scenes/holds.ts'
import { kdsOnDump, type ServedScene, serveScene } from '../helpers/scenes/serve.ts'
import { environmentValue, scenes } from '../helpers/scenes/table.ts'

/*
 * test/golden/scenes/NAME.txt holds command lines that are run on every scene: on its dump, with --snapshot FILE behind them, and
 * on a server that holds the same objects. Beside it lie the answers: NAME.pipe.txt, and NAME.terminal.txt for 80 columns with
 * colour. Where the server's answer differs, it stands there, too. A line that begins with `live: ` or `dump: ` is run on that side
 * only. The lines of holds.txt are run on the scenes of test/helpers/scenes/holds.ts. UPDATE_GOLDEN=1 rewrites them; read the difference then.
 */
const folder = 'test/golden/scenes'
const cases = readdirSync(folder).filter((file) => /^[^.]+\.txt$/.test(file))
const forms = { pipe: {}, terminal: { terminal: 80 } } as const
/** Only these commands show whole templates. */
const showsTemplates = /--diff|^kds (diff|undo|rollout undo|rollout history|apply) /

let served: ReadonlyMap<string, ServedScene>
beforeAll(async () => {
  const all = [...scenes, ...holdScenes]
  const list = await Promise.all(all.map(async ({ name }) => [name, await serveScene(name)] as const))
  served = new Map(list)
})
afterAll(async () => {
  for (const scene of served.values()) await scene.close()
})

async function block(name: string, line: string, form: keyof typeof forms): Promise<string> {
  const [, only, command = ''] = /^(?:(live|dump): )?(.*)$/.exec(line) ?? []
  const argv = words(command).slice(1)
  const onServer = async () =>
    (await served.get(name)?.kds(argv, forms[form])) ?? { out: '', err: '', exit: -1 }
  const dump = only === 'live' ? undefined : printed(await kdsOnDump(name, argv, forms[form]))
  const live = only === 'dump' ? undefined : printed(await onServer())
  const answers =
    dump === undefined || live === undefined || live === dump ? [dump ?? live] : [dump, '$ … live', live]
  return [`$ ${line} # ${name}`, ...answers, ''].join('\n')
}

describe.each(cases)('%s', (file) => {
  const commands = commandLines(readFileSync(`${folder}/${file}`, 'utf8'))

  it.each(['pipe', 'terminal'] as const)('as a %s', async (form) => {
    const golden = `${folder}/${file.replace(/\.txt$/, `.${form}.txt`)}`
    const blocks: string[] = []
    for (const command of commands)
      for (const { name } of file === 'holds.txt' ? holdScenes : scenes) {
        const shown = await block(name, command, form)
        if (!showsTemplates.test(command)) expect(shown).not.toContain(environmentValue)
        if (form === 'terminal' && !/-o[= ]?\w/.test(command)) expect(tooWide(shown)).toEqual([])
        blocks.push(shown)
      }
    const actual = blocks.join('\n')
    if (updating) writeFileSync(golden, actual)
    expect(actual).toBe(readFileSync(golden, 'utf8'))
  })
})
