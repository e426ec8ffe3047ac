// The dashboard speaks the public API alone: what it can do, a customer's page can.
import { createClient as createSocket, type Client as Socket } from 'graphql-ws';
import { useEffect, useRef, useState } from 'react';
import {
  cacheExchange,
  createClient,
  fetchExchange,
  subscriptionExchange,
  useClient,
  useQuery,
  type AnyVariables,
  type Client,
  type CombinedError,
  type TypedDocumentNode,
} from 'urql';

const kept = 'augur.token';
// Beside this page, so that a proxy may mount the server at any path.
export const endpoint = new URL('graphql', location.href.split('#')[0]).href;
export const fileURL = (path: string) => new URL(path.replace(/^\//, ''), endpoint).href;

// download saves a file of the server, with the credentials that a link lacks.
export async function download(path: string, name: string) {
  const response = await fetch(fileURL(path), { headers: { Authorization: `Bearer ${token()}` } });
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  const url = URL.createObjectURL(await response.blob());
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

export const token = () => localStorage.getItem(kept) ?? '';
export function signIn(value: string) {
  if (value) localStorage.setItem(kept, value);
  else localStorage.removeItem(kept);
  location.reload();
}

export function newClient(): { client: Client; socket: Socket } {
  const socket = createSocket({
    url: endpoint.replace(/^http/, 'ws'),
    lazy: true,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    connectionParams: () => (token() ? { Authorization: `Bearer ${token()}` } : {}),
  });
  const client = createClient({
    url: endpoint,
    preferGetMethod: false,
    fetchOptions: () => (token() ? { headers: { Authorization: `Bearer ${token()}` } } : {}),
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe({ query: request.query ?? '', variables: request.variables as Record<string, unknown> }, sink as never),
          }),
        }),
      }),
    ],
  });
  return { client, socket };
}

// What changed in the registry, told to every page that shows it.
const listeners = new Set<(model: string) => void>();
export function changed(model: string) {
  listeners.forEach((listener) => listener(model));
}

export interface Data<T> {
  data: T | undefined;
  error: CombinedError | undefined;
  loading: boolean;
  refresh: () => void;
}

// useData asks a query, again every so many milliseconds while the page can be
// seen, and soon after the registry changed. What was answered before stays
// until the next answer, also while the server is away.
export function useData<T, V extends AnyVariables>(query: TypedDocumentNode<T, V>, variables: V, options: { every?: number; pause?: boolean } = {}): Data<T> {
  const [result, ask] = useQuery<T, V>({ query, variables, pause: options.pause ?? false, requestPolicy: 'cache-and-network' } as never);
  const refresh = useRef(() => {});
  refresh.current = () => {
    if (!options.pause) ask({ requestPolicy: 'network-only' });
  };
  const before = useRef<T>(undefined);
  if (result.data) before.current = result.data;
  useEffect(() => {
    let soon = 0;
    const again = () => {
      if (!document.hidden) refresh.current();
    };
    const listener = () => {
      clearTimeout(soon);
      soon = window.setTimeout(again, 150);
    };
    listeners.add(listener);
    const timer = options.every ? window.setInterval(again, options.every) : 0;
    return () => {
      listeners.delete(listener);
      clearTimeout(soon);
      clearInterval(timer);
    };
  }, [options.every]);
  return { data: result.data ?? before.current, error: result.error, loading: result.fetching && !result.data && !before.current, refresh: () => refresh.current() };
}

interface Payload {
  userErrors: readonly { message: string; field?: readonly string[] | null }[];
}

// useAction runs a mutation and shows what it was refused for.
export function useAction<T extends object, V extends AnyVariables>(mutation: TypedDocumentNode<T, V>) {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const run = async (variables: V): Promise<T | undefined> => {
    setBusy(true);
    const { data, error } = await client.mutation(mutation, variables).toPromise();
    setBusy(false);
    const refused = data && Object.values(data).flatMap((payload: Payload | null) => payload?.userErrors ?? []);
    const message = error ? plain(error) : refused?.map((e) => (e.field?.length ? `${e.field.join('.')}: ${e.message}` : e.message)).join('; ');
    setWrong(message || undefined);
    if (message) return;
    changed('');
    return data;
  };
  return { run, busy, wrong, clear: () => setWrong(undefined) };
}

export function plain(error: CombinedError): string {
  return error.graphQLErrors.map((e) => e.message).join('; ') || error.networkError?.message || error.message;
}

export function unauthenticated(error: CombinedError | undefined): boolean {
  return !!error && (error.response?.status === 401 || error.graphQLErrors.some((e) => e.extensions['code'] === 'UNAUTHENTICATED'));
}

// since is an instant so long ago, whole to the step so that equal questions are equal.
export function since(ms: number, step = 10_000): string {
  return new Date(Math.floor((Date.now() - ms) / step) * step).toISOString();
}

// useSince is since, moving on with time.
export function useSince(ms: number, every: number): string {
  const [from, setFrom] = useState(() => since(ms));
  useEffect(() => {
    const timer = setInterval(() => setFrom(since(ms)), every);
    setFrom(since(ms));
    return () => clearInterval(timer);
  }, [ms, every]);
  return from;
}
