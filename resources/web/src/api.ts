// Requests to the station: every one answers with the value, or throws what the operator can read.

export class Problem extends Error {
  constructor(readonly status: number, message: string, readonly reasons: string[] = []) { super(message); }
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What the station gave this page to show beside its cookie; the name holds the port, of which a host may have several. */
function csrf(): string {
  const own = `kestrel_csrf_${location.port || (location.protocol === "https:" ? "443" : "80")}=`;
  return document.cookie.split("; ").find((one) => one.startsWith(own))?.slice(own.length) ?? "";
}

async function send(method: Method, path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = method === "GET" ? {} : { "x-csrf-token": csrf() };
  if (body !== undefined) headers["content-type"] = "application/json";
  try {
    return await fetch(`/api/v1${path}`, { method, credentials: "same-origin", headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Problem(0, "The station does not answer.");
  }
}

let refreshing: Promise<boolean> | null = null;

/** New cookies for the old ones, once for all requests that wait; false: sign in again. */
export function refresh(): Promise<boolean> {
  refreshing ??= send("POST", "/auth/refresh", {}).then((response) => response.ok, () => false).finally(() => { refreshing = null; });
  return refreshing;
}

export async function ask<T>(method: Method, path: string, body?: unknown): Promise<T> {
  let response = await send(method, path, body);
  if (response.status === 401 && !path.startsWith("/auth/session") && await refresh()) response = await send(method, path, body);
  if (response.ok) return response.status === 204 ? (undefined as T) : (response.json() as Promise<T>);
  throw await problemOf(response);
}

async function problemOf(response: Response): Promise<Problem> {
  const told = (await response.json().catch(() => ({}))) as { detail?: string; title?: string; reasons?: string[] };
  return new Problem(response.status, told.detail ?? told.title ?? `Error ${response.status}`, told.reasons);
}

export const get = <T>(path: string): Promise<T> => ask<T>("GET", path);
export const post = <T>(path: string, body?: unknown): Promise<T> => ask<T>("POST", path, body);
export const put = <T>(path: string, body: unknown): Promise<T> => ask<T>("PUT", path, body);
