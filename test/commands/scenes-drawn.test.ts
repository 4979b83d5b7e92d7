import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { toYaml } from '#yaml/emit.ts'
import { holdScenes } from '../helpers/scenes/holds.ts'
import { play, scenes as shown } from '../helpers/scenes/table.ts'

const scenes = [...shown, ...holdScenes]

/* The dumps of test/fixtures/commands/scenes are drawn by test/helpers/scenes/table.ts: UPDATE_GOLDEN=1 writes them again. */
const folder = 'test/fixtures/commands/scenes'
const fileOf = (name: string) => `${folder}/${name}.yaml`

describe('a scene', () => {
  it.each(scenes)('is drawn the same again: $name', (scene) => {
    const drawn = toYaml(play(scene))
    expect(toYaml(play(scene))).toBe(drawn)
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(fileOf(scene.name), drawn)
    expect(drawn).toBe(readFileSync(fileOf(scene.name), 'utf8'))
  })

  it('stands in the table for each file', () => {
    expect(readdirSync(folder).sort()).toEqual(scenes.map(({ name }) => `${name}.yaml`).sort())
  })
})
