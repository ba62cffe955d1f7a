// Requests to the station: every one answers with the value, or throws what the operator can read.

export class Problem extends Error {
  constructor(readonly status: number, message: string, readonly reasons: string[] = []) { super(message); }
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export async function ask<T>(method: Method, path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      credentials: "same-origin",
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Problem(0, "The station does not answer.");
  }
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
