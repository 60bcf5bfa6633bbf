/** Shows an address in the browser of this machine, where there is one. */
import { spawn } from 'node:child_process'

const openers: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['open'],
  // The empty text is the title of the window.
  win32: ['cmd', '/c', 'start', ''],
}

/** Without a display there is no browser to show: over SSH, or in a container. */
export const hasDisplay = (environment: NodeJS.ProcessEnv = process.env, platform = process.platform): boolean =>
  platform === 'darwin' || platform === 'win32' || Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY)

/** The browser runs by itself: it neither ends with this program nor writes into its terminal. */
export function showInBrowser(address: string): void {
  const [program, ...words] = openers[process.platform] ?? ['xdg-open']
  const child = spawn(program, [...words, address], { stdio: 'ignore', detached: true })
  // The address is printed as well, so that a missing program is no error.
  child.on('error', () => {})
  child.unref()
}
