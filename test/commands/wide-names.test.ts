import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { kds, words } from '../helpers/run.ts'
import { sceneFile } from '../helpers/scenes/serve.ts'
import { sceneTime } from '../helpers/scenes/stage.ts'
import { workspace } from '../helpers/workspace.ts'

/*
 * The same dump twice: with names of letters that take one column each, and with others that are as wide in other ways. What is
 * printed must be the same but for the names: then all columns stand where they stood, and each line breaks where it broke.
 */
const usual = { general: 'general', spot: 'spot', image: 'example.com/agent' }
const others = {
  'wide ones (CJK)': { general: '日本国x', spot: '東京', image: 'example.com/エイジェx' },
  'with combining marks': {
    general: 'ge\u0301ne\u0301ral',
    spot: 'spo\u0302t',
    image: 'example.com/a\u0301gent',
  },
  'from right to left': { general: 'אלוםעבר', spot: 'תרבע', image: 'example.com/סוכןא' },
  emoji: { general: '🐙🐙🐙x', spot: '🚀🚀', image: 'example.com/🤖🤖x' },
}

const scenes = ['mid-roll-out', 'stuck-image', 'full-node', 'stuck-dead-node']
const dumped = (scene: string, names: typeof usual) =>
  readFileSync(sceneFile(scene), 'utf8')
    .replaceAll('example.com/agent', names.image)
    .replaceAll('general', names.general)
    .replaceAll('spot', names.spot)

const cwd = workspace(
  Object.fromEntries(
    Object.entries({ usual, ...others }).flatMap(([kind, names]) =>
      scenes.map((scene) => [`${kind}/${scene}.yaml`, dumped(scene, names)]),
    ),
  ),
)

const commands = [
  'kds get',
  'kds get -o wide',
  'kds pods',
  'kds pods -o wide -L pool',
  'kds describe',
  'kds revisions',
  'kds revisions -o wide',
  'kds plan ds/agent -n logging',
  'kds plan ds/agent -n logging -o wide',
  'kds map -L pool',
  'kds map',
  'kds why GENERAL-1',
  'kds why SPOT-1 -o wide',
  "kds what-if --taint 'GENERAL-1,SPOT-2 k=v:NoExecute' -o wide",
  'kds overhead -L pool',
  'kds overhead -L pool -o wide',
]

/** What a command prints on a dump, with the names that it has there told as the usual ones. */
async function told(kind: string, scene: string, command: string, names: typeof usual) {
  const argv = words(command.replaceAll('GENERAL', names.general).replaceAll('SPOT', names.spot)).slice(1)
  const { err, out } = await kds([...argv, '--snapshot', `${kind}/${scene}.yaml`], {
    cwd,
    terminal: 100,
    now: sceneTime,
  })
  return (
    (out + err)
      .replace(/[\u2068\u2069]/g, '')
      .replaceAll(names.image, usual.image)
      .replaceAll(names.general, usual.general)
      .replaceAll(names.spot, usual.spot)
      .replaceAll(kind, 'usual')
      // A shell wants quotes around the others.
      .replace(/'((general|spot)-\d)'/g, '$1')
  )
}

describe.each(Object.entries(others))('names %s', (kind, names) => {
  it.each(commands)('leave the columns of %s where they are', async (command) => {
    for (const scene of scenes)
      expect(await told(kind, scene, command, names)).toBe(await told('usual', scene, command, usual))
  })
})
