// The compiler's proof that wire.ts reads what the server's openapi.json promises, and no more.
import type { components } from "../api/schema";
import type * as wire from "./wire";

type Server = components["schemas"];
type Reads<Ours, Theirs extends Ours> = [Ours, Theirs];

export type Contract = [
  Reads<wire.Me, Server["Me"]>,
  Reads<wire.Task, Server["Task"]>,
  // GeoJSON's rings are nested more deeply than the contract tells.
  Reads<Omit<wire.Catalogue, "areas">, Server["Catalogue"]>,
  Reads<Omit<wire.Pulled, "catalogue">, Server["Pulled"]>,
  Reads<wire.Pushed, Server["Answers"]>,
  Reads<Server["Operation"]["kind"], wire.Kind>,
  Reads<wire.Mine, Server["Mine"]>,
  Reads<wire.Signed, Server["Signed"]>,
];
