import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";
import { type RunningServer, stopProcess, testCredentials, untilAnswering } from "./servers.ts";

/** Why there is no strict S3 here, or undefined when there is. */
export function whyNoStrictS3(): string | undefined {
  const missing = ["ceph", "ceph-mon", "ceph-osd", "radosgw"].find((name) => !existsSync(`/usr/bin/${name}`));
  return missing && `The strict S3 needs Ceph's ${missing} (Debian: apt-get install radosgw ceph-mon ceph-osd).`;
}

/**
 * An empty S3 that knows If-None-Match and checks signatures: Ceph's RADOS Gateway with one monitor and one store in memory, all on
 * 127.0.0.1, for `testCredentials`. It takes about 12 seconds to start.
 */
export async function startStrictS3(): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), "backstitch-ceph-"));
  for (const name of ["mon", "osd", "rgw", "run"]) await mkdir(join(folder, name));
  const [monitorPort, port] = [await freePort(), await freePort()];
  const config = join(folder, "ceph.conf");
  const keyring = join(folder, "keyring");
  const map = join(folder, "monmap");
  const monitor = `v2:127.0.0.1:${monitorPort}`;
  await writeFile(config, configText(folder, monitor, port));
  await run("ceph-authtool", ["--create-keyring", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *"]);
  await run("monmaptool", ["--create", "--addv", "a", `[${monitor}]`, "--fsid", clusterId, map]);
  await run("ceph-mon", ["-c", config, "-i", "a", "--mkfs", "--monmap", map, "--keyring", keyring]);
  const processes: ChildProcess[] = [start("ceph-mon", ["-c", config, "-i", "a", "-f"])];
  const url = `http://127.0.0.1:${port}`;
  try {
    await run("ceph", ["-c", config, "osd", "new", storeId, "0"]);
    await run("ceph-osd", ["-c", config, "-i", "0", "--mkfs", "--osd-uuid", storeId]);
    processes.push(start("ceph-osd", ["-c", config, "-i", "0", "-f"]));
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = testCredentials;
    const user = ["--uid", "test", "--display-name", "test", "--access-key", id, "--secret-key", secret];
    await run("radosgw-admin", ["-c", config, "user", "create", ...user]);
    const gateway = start("radosgw", ["-c", config, "-n", "client.admin", "-f"]);
    processes.push(gateway);
    await untilAnswering(url, gateway);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };

  async function stop(): Promise<void> {
    for (const child of processes) await stopProcess(child);
    await rm(folder, { recursive: true, force: true });
  }
}

const clusterId = "11111111-2222-4333-8444-555555555555";
const storeId = "22222222-2222-4333-8444-555555555555";

/** One monitor, one object store in memory, no authentication between them, one copy of everything. */
function configText(folder: string, monitor: string, port: number): string {
  return `
[global]
fsid = ${clusterId}
mon host = ${monitor}
auth cluster required = none
auth service required = none
auth client required = none
ms bind msgr1 = false
ms mon client mode = crc
mon data = ${folder}/mon
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = 2147483648
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd crush chooseleaf type = 0
mon allow pool size one = true
log file = ${folder}/$name.log
admin socket = ${folder}/run/$name.asok
run dir = ${folder}/run
keyring = ${folder}/keyring
rgw data = ${folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw run sync thread = false
[osd]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
`;
}

/** Waits for the command to end well, at most a minute. */
async function run(command: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(command, [...args], { timeout: 60_000 });
}

function start(command: string, args: readonly string[]): ChildProcess {
  const child = spawn(command, args, { stdio: "ignore" });
  process.once("exit", () => child.kill("SIGKILL"));
  return child;
}
