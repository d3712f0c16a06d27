import {readFile} from 'node:fs/promises';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import path from 'node:path';

/** A static server, and where it is. */
export interface StaticServer {
  /** Ends with a slash. */
  url: string;
  server: Server;
}

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/**
 * Serves a folder from a path such as `/somewhere/else/`, and nothing outside of it, as a plain file
 * server does: no headers but the type, no fallback.
 */
export async function serveFolder(folder: string, under: string): Promise<StaticServer> {
  const server = createServer(async ({url = ''}, response) => {
    const {pathname} = new URL(url, 'http://localhost');
    const name = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
    try {
      if (!name.startsWith(under)) throw new Error(`${name} is not under ${under}`);
      const file = path.join(folder, path.normalize(`/${name.slice(under.length)}`));
      const content = await readFile(file);
      response.writeHead(200, {'Content-Type': types[path.extname(file)] ?? 'application/gzip'});
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${under}`, server};
}
