// Where the page is: the part of the address behind '#', a path and its
// parameters. It needs nothing of the server or of a proxy before it.
import { useSyncExternalStore } from 'react';

export interface Route {
  path: string[];
  params: URLSearchParams;
}

export function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return { path: path.split('/').filter(Boolean).map(decodeURIComponent), params: new URLSearchParams(query) };
}

// link writes the address of a path, without the parameters that are empty.
export function link(path: string[], params: Record<string, string | undefined> = {}): string {
  const set = Object.entries(params).filter((p): p is [string, string] => !!p[1]);
  const query = new URLSearchParams(set).toString();
  return `#/${path.map(encodeURIComponent).join('/')}${query ? `?${query}` : ''}`;
}

export const toModel = (name: string) => link(['models', name]);
export const toVersion = (model: string, version: string) => link(['models', model, 'versions', version]);

// setParams changes parameters of the address in place: going back leaves the page.
export function setParams(changes: Record<string, string | undefined>) {
  const { path, params } = parse(location.hash);
  const all = { ...Object.fromEntries(params), ...changes };
  history.replaceState(null, '', link(path, all));
  dispatchEvent(new HashChangeEvent('hashchange'));
}

function subscribe(changed: () => void) {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
}

export function useRoute(): Route {
  return parse(useSyncExternalStore(subscribe, () => location.hash));
}
