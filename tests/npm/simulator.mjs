// The simulator as a process of its own, and the person's side of it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export const PAGE = '1098765432100001';
export const PSID = '7411002233445566';
export const APP = '2233445566778899';
export const SECRET = 'simulated-app-secret';
export const TOKEN = 'simulated-page-token';

export async function start(binary, ...flags) {
  const args = ['simulate', '--listen', '127.0.0.1:0', '--now', '2026-11-22T12:00:00Z', ...flags];
  const env = { ...process.env, RUST_LOG: 'warn' };
  const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const url = line.replace('listening on ', '');
  const act = async (what, body = {}) => {
    const response = await fetch(`${url}/_sim/${what}`, { method: 'POST', body: JSON.stringify(body) });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${what}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { url, act, stop };
}
