import { type Lie, send } from './lying-server.ts'

const says =
  (body: string, code = 200, headers: Record<string, string> = {}): Lie =>
  (_request, response) => {
    response.writeHead(code, { 'Content-Type': 'application/json', ...headers })
    response.end(body)
  }
const status = (more: object) => JSON.stringify({ kind: 'Status', apiVersion: 'v1', ...more })
const changed =
  (change: (object: Record<string, unknown>) => unknown): Lie =>
  (_request, response, { object }) =>
    send(response, change(object as Record<string, unknown>), 200)

/** What a server may say that is no answer. */
export const lies: Readonly<Record<string, Lie>> = {
  null: says('null'),
  'an empty list': says('[]'),
  'a text': says('"yes"'),
  'a number': says('3'),
  'an empty object': says('{}'),
  nothing: says(''),
  'no content': says('', 204),
  'half an answer': says('{"kind":"DaemonSet","apiVer'),
  'a page': says('<html>log in</html>', 200, { 'Content-Type': 'text/html' }),
  'a page with 502': says('<html>bad gateway</html>', 502, { 'Content-Type': 'text/html' }),
  'a redirect': says('', 302, { Location: 'https://user:SECRET@elsewhere/login?token=SECRET' }),
  'bad gzip': says('not gzip', 200, { 'Content-Encoding': 'gzip' }),
  'a Status of Failure with 200': says(
    status({ status: 'Failure', reason: 'Forbidden', message: 'no', code: 403 }),
  ),
  'a Status of Failure with null causes': says(
    status({
      status: 'Failure',
      reason: 'Invalid',
      message: 'no',
      code: 422,
      details: { kind: 'x', causes: [null] },
    }),
    422,
  ),
  'a Status whose fields are of other types': says(
    status({ status: 'Failure', reason: { x: 1 }, message: ['no'], code: 'x', details: 'y' }),
    422,
  ),
  'a Status of Success': says(status({ status: 'Success' })),
  'another kind': changed((object) => ({ ...object, kind: 'Pod', apiVersion: 'v1' })),
  'another version': changed((object) => ({ ...object, apiVersion: 'apps/v1beta9' })),
  'an object without metadata': changed((object) => ({ ...object, metadata: undefined })),
  'another name': changed((object) => ({
    ...object,
    metadata: { ...(object.metadata as object), name: 'other' },
  })),
  'another namespace': changed((object) => ({
    ...object,
    metadata: { ...(object.metadata as object), namespace: 'other' },
  })),
  'items that are an object': changed((object) => ({ ...object, items: { a: 1 } })),
  'items of null': changed((object) => ({ ...object, items: [null] })),
  'items without names': changed((object) => ({ ...object, items: [{}] })),
  'a cut connection': (request) => request.socket.destroy(),
  'silence before the answer': () => {},
  'silence in the answer': (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.write('{"kind":')
  },
}
