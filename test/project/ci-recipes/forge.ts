import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly token: string
  readonly body: Record<string, string>
}

export interface Forge {
  readonly url: string
  readonly asked: Asked[]
  /** Comments by their ids; GitLab calls them notes. */
  readonly comments: Map<number, string>
  /** Requests whose method and path match are refused with 403. */
  refuses: RegExp | undefined
  close(): void
}

const textOf = async (request: IncomingMessage) => {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

/** Both forges' API as far as it is documented and needed, on loopback. `files` are those of the change. */
export async function startForge(files: readonly string[], removed: readonly string[] = []): Promise<Forge> {
  const asked: Asked[] = []
  const comments = new Map<number, string>()
  const server = createServer(async (request, response) => {
    const { method = '', headers } = request
    const url = new URL(request.url ?? '/', 'http://forge')
    const body = JSON.parse((await textOf(request)) || '{}') as Record<string, string>
    const token = headers.authorization ?? String(headers['private-token'] ?? '')
    asked.push({ method, path: url.pathname, token, body })
    const send = (status: number, answer: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    if (forge.refuses?.test(`${method} ${url.pathname}`))
      return send(403, { message: 'Resource not accessible by integration' })
    const [, id] = /\/(?:comments|notes)\/(\d+)$/.exec(url.pathname) ?? []
    const told = (key: number) => ({ id: key, body: comments.get(key), html_url: `https://forge/c/${key}` })
    const size = Number(url.searchParams.get('per_page'))
    const paged = <T>(all: readonly T[]) => {
      const from = (Number(url.searchParams.get('page')) - 1) * size
      return all.slice(from, from + size)
    }
    if (method === 'GET' && url.pathname.endsWith('/files')) {
      const listed = files.map((filename) => ({ filename, status: 'modified' }))
      return send(200, paged([...listed, ...removed.map((filename) => ({ filename, status: 'removed' }))]))
    }
    if (method === 'GET' && url.pathname.endsWith('/diffs')) {
      const listed = files.map((new_path) => ({ new_path, deleted_file: false }))
      return send(200, paged([...listed, ...removed.map((new_path) => ({ new_path, deleted_file: true }))]))
    }
    if (method === 'GET') return send(200, paged([...comments.keys()].map(told)))
    if (url.pathname.endsWith('/sarifs')) return send(202, { id: 'sarif-1' })
    const key = id === undefined ? comments.size + 1 : Number(id)
    comments.set(key, body.body ?? '')
    return send(id === undefined ? 201 : 200, told(key))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const forge: Forge = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    comments,
    refuses: undefined,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  return forge
}
