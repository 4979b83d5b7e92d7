import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { kds, words } from '../helpers/run.ts'

const update = process.env.UPDATE_GOLDEN === '1'
const block = /```console\n\$ (kds[^\n]*)\n([\s\S]*?)```/g

/** What a reader of the README would see in a terminal without colour: both streams. */
async function shown(command: string): Promise<string> {
  const { out, err } = await kds(words(command).slice(1), { terminal: 100, env: { NO_COLOR: '' } })
  return err + out
}

describe('README', () => {
  it('shows what its commands print', async () => {
    const text = readFileSync('README.md', 'utf8')
    let fresh = text
    const commands = [...text.matchAll(block)]
    expect(commands.length).toBeGreaterThan(4)
    for (const [whole, command = ''] of commands) {
      fresh = fresh.replace(whole, `\`\`\`console\n$ ${command}\n${await shown(command)}\`\`\``)
    }
    if (update) writeFileSync('README.md', fresh)
    else expect(text).toBe(fresh)
  })

  it('names every room of src', () => {
    const text = readFileSync('README.md', 'utf8')
    const rooms = [
      'cli',
      'views',
      'rollout',
      'cluster',
      'manifest',
      'sandbox',
      'controller',
      'placement',
      'kube',
      'yaml',
    ]
    expect(rooms.filter((room) => !text.includes(`\`src/${room}/\``))).toEqual([])
  })
})
