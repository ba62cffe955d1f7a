// A program of somebody else's, on the client that openapi-typescript makes of the station's description.
import createClient from "openapi-fetch";
import type { paths } from "./schema";

const [url, token] = process.argv.slice(2) as [string, string];
const station = createClient<paths>({ baseUrl: url, headers: { authorization: `Bearer ${token}` } });

const status = await station.GET("/api/v1/status");
if (status.data?.state?.state !== "IDLE") throw new Error(`state: ${JSON.stringify(status)}`);

const made = await station.POST("/api/v1/projects", { body: { name: "Ridge" } });
if (made.data === undefined) throw new Error(JSON.stringify(made.error));
const place = { params: { path: { project_id: made.data.id } } };
const renamed = await station.PUT("/api/v1/projects/{project_id}", { ...place, body: { name: "Valley", notes: "" } });
if (renamed.data?.name !== "Valley") throw new Error(JSON.stringify(renamed.error));
const gone = await station.DELETE("/api/v1/projects/{project_id}", place);
if (gone.data?.deleted_s === null) throw new Error("not deleted");

const refused = await station.POST("/api/v1/search/start", { body: {} });
if (refused.error?.status !== 409 || !refused.error.reasons?.length) throw new Error(JSON.stringify(refused));

// @ts-expect-error a misspelt field is no part of the description
await station.PUT("/api/v1/radio/frequency", { body: { center_hz: 433e6 } });
console.log("sound");
