import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";

/** What the stores ask. */
export type StoreClients = { readonly dynamodb: DynamoDBClient; readonly s3: S3Client };

export type AwsClients = StoreClients & { readonly sfn: SFNClient };

/** Where the services are. What is left out comes from the environment and the shared configuration files, as for every AWS SDK. */
export type AwsAccess = {
  readonly region?: string;
  readonly profile?: string;
  /** One endpoint for every service; before it come AWS_ENDPOINT_URL_DYNAMODB, _S3 and _SFN. */
  readonly endpointUrl?: string;
  /** Buckets as the first part of the path. Left out: yes with an endpoint of one's own, no on AWS. */
  readonly forcePathStyle?: boolean;
  /** Tries of each call; left out: 8 for DynamoDB, 6 for the others. */
  readonly maxAttempts?: number;
};

/**
 * Clients that reuse their connections, slow down when they are throttled, and give up: a call takes at most `maxAttempts` tries of at
 * most `requestTimeout` each, with pauses of at most 20 seconds between them, and then throws the SDK's error.
 */
export function awsClients(access: AwsAccess = {}, env: NodeJS.ProcessEnv = process.env): AwsClients {
  return {
    ...storeClients(access, env),
    sfn: new SFNClient({
      ...placeOf(access),
      ...atEndpoint(endpointOf("SFN", access, env)),
      ...patience({ maxAttempts: access.maxAttempts ?? 6, requestTimeoutMs: 10_000, connectionCount: 10 }),
    }),
  };
}

/** The same without Step Functions, which most functions do without. */
export function storeClients(access: AwsAccess = {}, env: NodeJS.ProcessEnv = process.env): StoreClients {
  const s3Endpoint = endpointOf("S3", access, env);
  const forcePathStyle = access.forcePathStyle ?? pathStyleIn(env) ?? s3Endpoint !== undefined;
  return {
    dynamodb: new DynamoDBClient({
      ...placeOf(access),
      ...atEndpoint(endpointOf("DYNAMODB", access, env)),
      // DynamoDB answers in milliseconds: what takes longer is better asked again.
      ...patience({ maxAttempts: access.maxAttempts ?? 8, requestTimeoutMs: 5_000, connectionCount: 50 }),
    }),
    s3: new S3Client({
      ...placeOf(access),
      ...atEndpoint(s3Endpoint),
      ...patience({ maxAttempts: access.maxAttempts ?? 6, requestTimeoutMs: 30_000, connectionCount: 50 }),
      forcePathStyle,
      // An object's name is its SHA-256, which is sent and checked; servers other than AWS refuse the SDK's own trailing checksums.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    }),
  };
}

/** Ends the connections that the clients keep open. */
export function closeClients({ dynamodb, s3, sfn }: AwsClients): void {
  for (const client of [dynamodb, s3, sfn]) client.destroy();
}

const connectionTimeoutMs = 3_000;

type Patience = {
  readonly maxAttempts: number;
  readonly requestTimeoutMs: number;
  readonly connectionCount: number;
};

function patience({ maxAttempts, requestTimeoutMs, connectionCount }: Patience) {
  const agent = { keepAlive: true, maxSockets: connectionCount };
  return {
    retryMode: "adaptive",
    maxAttempts,
    requestHandler: {
      connectionTimeout: connectionTimeoutMs,
      // Until the answer begins; without the second line the SDK only warns.
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      // Between two packets, also of an answer's body.
      socketTimeout: requestTimeoutMs,
      httpAgent: agent,
      httpsAgent: agent,
    },
  };
}

function placeOf({ region, profile }: AwsAccess) {
  return { ...(region !== undefined && { region }), ...(profile !== undefined && { profile }) };
}

function endpointOf(service: "DYNAMODB" | "S3" | "SFN", access: AwsAccess, env: NodeJS.ProcessEnv): string | undefined {
  return notEmpty(env[`AWS_ENDPOINT_URL_${service}`]) ?? notEmpty(access.endpointUrl) ?? notEmpty(env.AWS_ENDPOINT_URL);
}

function atEndpoint(endpoint: string | undefined): { readonly endpoint?: string } {
  return endpoint === undefined ? {} : { endpoint };
}

function pathStyleIn({ AWS_S3_FORCE_PATH_STYLE: text }: NodeJS.ProcessEnv): boolean | undefined {
  return notEmpty(text) === undefined ? undefined : text === "true" || text === "1";
}

function notEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
