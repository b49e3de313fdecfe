import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createConnection, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { HelperServer } from './helper-process.js'

const readyLimitMs = 5_000
const readyPauseMs = 50

/** Starts nginx as a plain proxy to the provider; undefined where it is not installed. */
export async function startNginx(
  folder: string,
  provider: string,
  processes: number,
): Promise<HelperServer | undefined> {
  mkdirSync(folder, { recursive: true })
  // Started by root, nginx's workers run under another account and must reach their folder.
  chmodSync(folder, 0o755)
  const port = await freePort()
  const configFile = join(folder, 'nginx.conf')
  writeFileSync(configFile, configuration(folder, port, new URL(provider).host, processes))
  const child = spawn('nginx', ['-p', folder, '-e', 'stderr', '-c', configFile], {
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  const isThere = await new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false))
    child.once('spawn', () => resolve(true))
  })
  if (!isThere) return undefined
  const ended = once(child, 'exit')
  if (!(await answers(port))) {
    child.kill('SIGKILL')
    throw new Error('nginx is installed and did not start')
  }
  return {
    address: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

// Buffers are large enough that no payload goes to a file.
function configuration(folder: string, port: number, provider: string, processes: number): string {
  return `daemon off;
worker_processes ${processes};
pid ${join(folder, 'nginx.pid')};
error_log stderr crit;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${join(folder, 'body')};
  proxy_temp_path ${join(folder, 'proxy')};
  fastcgi_temp_path ${join(folder, 'fastcgi')};
  uwsgi_temp_path ${join(folder, 'uwsgi')};
  scgi_temp_path ${join(folder, 'scgi')};
  keepalive_timeout 120s;
  keepalive_requests 1000000;
  client_body_buffer_size 256k;
  upstream provider { server ${provider}; keepalive 64; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://provider;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffers 8 64k;
      proxy_max_temp_file_size 0;
    }
  }
}
`
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function answers(port: number): Promise<boolean> {
  const deadline = performance.now() + readyLimitMs
  while (performance.now() < deadline) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = createConnection({ host: '127.0.0.1', port })
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (isOpen) return true
    await pause(readyPauseMs)
  }
  return false
}
