/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** A new API key. */
export type ApiKeyCreateInput = {
  /** When it ends; never when left out. */
  expiresAt?: string | null | undefined;
  /** The models it is for: names, in which * stands for any text and ? for one character; all of them when left out. */
  models?: Array<string> | null | undefined;
  /** What it is for; the audit trail shows this name. */
  name: string;
  /** What it may do; at least one. */
  scopes: Array<Scope>;
};

/** Which API key. */
export type ApiKeyRefInput = {
  /** The key's id. */
  id: string;
};

/** A filter: all conditions given must hold. */
export type AliasEventWhereInput = {
  /** All of these must hold. */
  and?: Array<AliasEventWhereInput> | null | undefined;
  /** createdAt is this. */
  createdAt?: string | null | undefined;
  /** createdAt is more than this. */
  createdAtGT?: string | null | undefined;
  /** createdAt is this or more. */
  createdAtGTE?: string | null | undefined;
  /** createdAt is one of these. */
  createdAtIn?: Array<string> | null | undefined;
  /** createdAt is less than this. */
  createdAtLT?: string | null | undefined;
  /** createdAt is this or less. */
  createdAtLTE?: string | null | undefined;
  /** createdAt is not this. */
  createdAtNEQ?: string | null | undefined;
  /** createdAt is none of these. */
  createdAtNotIn?: Array<string> | null | undefined;
  /** model has one. */
  hasModel?: boolean | null | undefined;
  /** model has one for which all of these hold. */
  hasModelWith?: Array<ModelWhereInput> | null | undefined;
  /** previous has one. */
  hasPrevious?: boolean | null | undefined;
  /** previous has one for which all of these hold. */
  hasPreviousWith?: Array<ModelVersionWhereInput> | null | undefined;
  /** version has one. */
  hasVersion?: boolean | null | undefined;
  /** version has one for which all of these hold. */
  hasVersionWith?: Array<ModelVersionWhereInput> | null | undefined;
  /** id is this. */
  id?: string | null | undefined;
  /** id contains this, in upper or lower case. */
  idContainsFold?: string | null | undefined;
  /** id is this, in upper or lower case. */
  idEqualFold?: string | null | undefined;
  /** id is more than this. */
  idGT?: string | null | undefined;
  /** id is this or more. */
  idGTE?: string | null | undefined;
  /** id is one of these. */
  idIn?: Array<string> | null | undefined;
  /** id is less than this. */
  idLT?: string | null | undefined;
  /** id is this or less. */
  idLTE?: string | null | undefined;
  /** id is not this. */
  idNEQ?: string | null | undefined;
  /** id is none of these. */
  idNotIn?: Array<string> | null | undefined;
  /** name is this. */
  name?: string | null | undefined;
  /** name contains this. */
  nameContains?: string | null | undefined;
  /** name contains this, in upper or lower case. */
  nameContainsFold?: string | null | undefined;
  /** name is this, in upper or lower case. */
  nameEqualFold?: string | null | undefined;
  /** name is more than this. */
  nameGT?: string | null | undefined;
  /** name is this or more. */
  nameGTE?: string | null | undefined;
  /** name starts with this. */
  nameHasPrefix?: string | null | undefined;
  /** name ends with this. */
  nameHasSuffix?: string | null | undefined;
  /** name is one of these. */
  nameIn?: Array<string> | null | undefined;
  /** name is less than this. */
  nameLT?: string | null | undefined;
  /** name is this or less. */
  nameLTE?: string | null | undefined;
  /** name is not this. */
  nameNEQ?: string | null | undefined;
  /** name is none of these. */
  nameNotIn?: Array<string> | null | undefined;
  /** This must not hold. */
  not?: AliasEventWhereInput | null | undefined;
  /** One of these must hold. */
  or?: Array<AliasEventWhereInput> | null | undefined;
  /** principal is this. */
  principal?: string | null | undefined;
  /** principal contains this. */
  principalContains?: string | null | undefined;
  /** principal contains this, in upper or lower case. */
  principalContainsFold?: string | null | undefined;
  /** principal is this, in upper or lower case. */
  principalEqualFold?: string | null | undefined;
  /** principal is more than this. */
  principalGT?: string | null | undefined;
  /** principal is this or more. */
  principalGTE?: string | null | undefined;
  /** principal starts with this. */
  principalHasPrefix?: string | null | undefined;
  /** principal ends with this. */
  principalHasSuffix?: string | null | undefined;
  /** principal is one of these. */
  principalIn?: Array<string> | null | undefined;
  /** principal is less than this. */
  principalLT?: string | null | undefined;
  /** principal is this or less. */
  principalLTE?: string | null | undefined;
  /** principal is not this. */
  principalNEQ?: string | null | undefined;
  /** principal is none of these. */
  principalNotIn?: Array<string> | null | undefined;
  /** reason is this. */
  reason?: string | null | undefined;
  /** reason contains this. */
  reasonContains?: string | null | undefined;
  /** reason contains this, in upper or lower case. */
  reasonContainsFold?: string | null | undefined;
  /** reason is this, in upper or lower case. */
  reasonEqualFold?: string | null | undefined;
  /** reason is more than this. */
  reasonGT?: string | null | undefined;
  /** reason is this or more. */
  reasonGTE?: string | null | undefined;
  /** reason starts with this. */
  reasonHasPrefix?: string | null | undefined;
  /** reason ends with this. */
  reasonHasSuffix?: string | null | undefined;
  /** reason is one of these. */
  reasonIn?: Array<string> | null | undefined;
  /** reason is less than this. */
  reasonLT?: string | null | undefined;
  /** reason is this or less. */
  reasonLTE?: string | null | undefined;
  /** reason is not this. */
  reasonNEQ?: string | null | undefined;
  /** reason is none of these. */
  reasonNotIn?: Array<string> | null | undefined;
};

/** Which alias to remove. */
export type AliasRemoveInput = {
  /** The alias. */
  alias: string;
  /** Refuse the change (ABORTED) when the alias has another revision by now. */
  ifRevision?: number | null | undefined;
  /** The model's name. */
  model: string;
  /** Why; kept in the alias's history. */
  reason?: string | null | undefined;
};

/** Which alias, and where to. */
export type AliasSetInput = {
  /** The alias: a-z, 0-9, '_' and '-', beginning with a letter. */
  alias: string;
  /** Refuse the change (ABORTED) when the alias has another revision by now; 0 is that of an alias that is not there. */
  ifRevision?: number | null | undefined;
  /** The model's name. */
  model: string;
  /** Why; kept in the alias's history. */
  reason?: string | null | undefined;
  /** A version, another alias or latest. */
  version: string;
};

/** A filter: all conditions given must hold. */
export type AliasWhereInput = {
  /** All of these must hold. */
  and?: Array<AliasWhereInput> | null | undefined;
  /** createdAt is this. */
  createdAt?: string | null | undefined;
  /** createdAt is more than this. */
  createdAtGT?: string | null | undefined;
  /** createdAt is this or more. */
  createdAtGTE?: string | null | undefined;
  /** createdAt is one of these. */
  createdAtIn?: Array<string> | null | undefined;
  /** createdAt is less than this. */
  createdAtLT?: string | null | undefined;
  /** createdAt is this or less. */
  createdAtLTE?: string | null | undefined;
  /** createdAt is not this. */
  createdAtNEQ?: string | null | undefined;
  /** createdAt is none of these. */
  createdAtNotIn?: Array<string> | null | undefined;
  /** model has one. */
  hasModel?: boolean | null | undefined;
  /** model has one for which all of these hold. */
  hasModelWith?: Array<ModelWhereInput> | null | undefined;
  /** version has one. */
  hasVersion?: boolean | null | undefined;
  /** version has one for which all of these hold. */
  hasVersionWith?: Array<ModelVersionWhereInput> | null | undefined;
  /** id is this. */
  id?: string | null | undefined;
  /** id contains this, in upper or lower case. */
  idContainsFold?: string | null | undefined;
  /** id is this, in upper or lower case. */
  idEqualFold?: string | null | undefined;
  /** id is more than this. */
  idGT?: string | null | undefined;
  /** id is this or more. */
  idGTE?: string | null | undefined;
  /** id is one of these. */
  idIn?: Array<string> | null | undefined;
  /** id is less than this. */
  idLT?: string | null | undefined;
  /** id is this or less. */
  idLTE?: string | null | undefined;
  /** id is not this. */
  idNEQ?: string | null | undefined;
  /** id is none of these. */
  idNotIn?: Array<string> | null | undefined;
  /** name is this. */
  name?: string | null | undefined;
  /** name contains this. */
  nameContains?: string | null | undefined;
  /** name contains this, in upper or lower case. */
  nameContainsFold?: string | null | undefined;
  /** name is this, in upper or lower case. */
  nameEqualFold?: string | null | undefined;
  /** name is more than this. */
  nameGT?: string | null | undefined;
  /** name is this or more. */
  nameGTE?: string | null | undefined;
  /** name starts with this. */
  nameHasPrefix?: string | null | undefined;
  /** name ends with this. */
  nameHasSuffix?: string | null | undefined;
  /** name is one of these. */
  nameIn?: Array<string> | null | undefined;
  /** name is less than this. */
  nameLT?: string | null | undefined;
  /** name is this or less. */
  nameLTE?: string | null | undefined;
  /** name is not this. */
  nameNEQ?: string | null | undefined;
  /** name is none of these. */
  nameNotIn?: Array<string> | null | undefined;
  /** This must not hold. */
  not?: AliasWhereInput | null | undefined;
  /** One of these must hold. */
  or?: Array<AliasWhereInput> | null | undefined;
  /** revision is this. */
  revision?: number | null | undefined;
  /** revision is more than this. */
  revisionGT?: number | null | undefined;
  /** revision is this or more. */
  revisionGTE?: number | null | undefined;
  /** revision is one of these. */
  revisionIn?: Array<number> | null | undefined;
  /** revision is less than this. */
  revisionLT?: number | null | undefined;
  /** revision is this or less. */
  revisionLTE?: number | null | undefined;
  /** revision is not this. */
  revisionNEQ?: number | null | undefined;
  /** revision is none of these. */
  revisionNotIn?: Array<number> | null | undefined;
  /** updatedAt is this. */
  updatedAt?: string | null | undefined;
  /** updatedAt is more than this. */
  updatedAtGT?: string | null | undefined;
  /** updatedAt is this or more. */
  updatedAtGTE?: string | null | undefined;
  /** updatedAt is one of these. */
  updatedAtIn?: Array<string> | null | undefined;
  /** updatedAt is less than this. */
  updatedAtLT?: string | null | undefined;
  /** updatedAt is this or less. */
  updatedAtLTE?: string | null | undefined;
  /** updatedAt is not this. */
  updatedAtNEQ?: string | null | undefined;
  /** updatedAt is none of these. */
  updatedAtNotIn?: Array<string> | null | undefined;
};

/** Why a request went to its arm. */
export type ArmReason =
  /** There is no subject, and it was drawn for this request. */
  | 'DRAWN'
  /** The arm that it belongs to, or was drawn for, takes no requests now, and the baseline answers. */
  | 'OUT'
  /** The rollout is over, and one version answers everybody. */
  | 'OVER'
  /** The subject belongs to it. */
  | 'SUBJECT';

/** A filter: all conditions given must hold. */
export type ArtifactWhereInput = {
  /** All of these must hold. */
  and?: Array<ArtifactWhereInput> | null | undefined;
  /** createdAt is this. */
  createdAt?: string | null | undefined;
  /** createdAt is more than this. */
  createdAtGT?: string | null | undefined;
  /** createdAt is this or more. */
  createdAtGTE?: string | null | undefined;
  /** createdAt is one of these. */
  createdAtIn?: Array<string> | null | undefined;
  /** createdAt is less than this. */
  createdAtLT?: string | null | undefined;
  /** createdAt is this or less. */
  createdAtLTE?: string | null | undefined;
  /** createdAt is not this. */
  createdAtNEQ?: string | null | undefined;
  /** createdAt is none of these. */
  createdAtNotIn?: Array<string> | null | undefined;
  /** digest is this. */
  digest?: string | null | undefined;
  /** digest contains this. */
  digestContains?: string | null | undefined;
  /** digest contains this, in upper or lower case. */
  digestContainsFold?: string | null | undefined;
  /** digest is this, in upper or lower case. */
  digestEqualFold?: string | null | undefined;
  /** digest is more than this. */
  digestGT?: string | null | undefined;
  /** digest is this or more. */
  digestGTE?: string | null | undefined;
  /** digest starts with this. */
  digestHasPrefix?: string | null | undefined;
  /** digest ends with this. */
  digestHasSuffix?: string | null | undefined;
  /** digest is one of these. */
  digestIn?: Array<string> | null | undefined;
  /** digest is less than this. */
  digestLT?: string | null | undefined;
  /** digest is this or less. */
  digestLTE?: string | null | undefined;
  /** digest is not this. */
  digestNEQ?: string | null | undefined;
  /** digest is none of these. */
  digestNotIn?: Array<string> | null | undefined;
  /** id is this. */
  id?: string | null | undefined;
  /** id contains this, in upper or lower case. */
  idContainsFold?: string | null | undefined;
  /** id is this, in upper or lower case. */
  idEqualFold?: string | null | undefined;
  /** id is more than this. */
  idGT?: string | null | undefined;
  /** id is this or more. */
  idGTE?: string | null | undefined;
  /** id is one of these. */
  idIn?: Array<string> | null | undefined;
  /** id is less than this. */
  idLT?: string | null | undefined;
  /** id is this or less. */
  idLTE?: string | null | undefined;
  /** id is not this. */
  idNEQ?: string | null | undefined;
  /** id is none of these. */
  idNotIn?: Array<string> | null | undefined;
  /** This must not hold. */
  not?: ArtifactWhereInput | null | undefined;
  /** One of these must hold. */
  or?: Array<ArtifactWhereInput> | null | undefined;
  /** size is this. */
  size?: string | null | undefined;
  /** size is more than this. */
  sizeGT?: string | null | undefined;
  /** size is this or more. */
  sizeGTE?: string | null | undefined;
  /** size is one of these. */
  sizeIn?: Array<string> | null | undefined;
  /** size is less than this. */
  sizeLT?: string | null | undefined;
  /** size is this or less. */
  sizeLTE?: string | null | undefined;
  /** size is not this. */
  sizeNEQ?: string | null | undefined;
  /** size is none of these. */
  sizeNotIn?: Array<string> | null | undefined;
};

/** A filter: all conditions given must hold. */
export type AuditEventWhereInput = {
  /** action is this. */
  action?: string | null | undefined;
  /** action contains this. */
  actionContains?: string | null | undefined;
  /** action contains this, in upper or lower case. */
  actionContainsFold?: string | null | undefined;
  /** action is this, in upper or lower case. */
  actionEqualFold?: string | null | undefined;
  /** action is more than this. */
  actionGT?: string | null | undefined;
  /** action is this or more. */
  actionGTE?: string | null | undefined;
  /** action starts with this. */
  actionHasPrefix?: string | null | undefined;
  /** action ends with this. */
  actionHasSuffix?: string | null | undefined;
  /** action is one of these. */
  actionIn?: Array<string> | null | undefined;
  /** action is less than this. */
  actionLT?: string | null | undefined;
  /** action is this or less. */
  actionLTE?: string | null | undefined;
  /** action is not this. */
  actionNEQ?: string | null | undefined;
  /** action is none of these. */
  actionNotIn?: Array<string> | null | undefined;
  /** All of these must hold. */
  and?: Array<AuditEventWhereInput> | null | undefined;
  /** createdAt is this. */
  createdAt?: string | null | undefined;
  /** createdAt is more than this. */
  createdAtGT?: string | null | undefined;
  /** createdAt is this or more. */
  createdAtGTE?: string | null | undefined;
  /** createdAt is one of these. */
  createdAtIn?: Array<string> | null | undefined;
  /** createdAt is less than this. */
  createdAtLT?: string | null | undefined;
  /** createdAt is this or less. */
  createdAtLTE?: string | null | undefined;
  /** createdAt is not this. */
  createdAtNEQ?: string | null | undefined;
  /** createdAt is none of these. */
  createdAtNotIn?: Array<string> | null | undefined;
  /** id is this. */
  id?: string | null | undefined;
  /** id contains this, in upper or lower case. */
  idContainsFold?: string | null | undefined;
  /** id is this, in upper or lower case. */
  idEqualFold?: string | null | undefined;
  /** id is more than this. */
  idGT?: string | null | undefined;
  /** id is this or more. */
  idGTE?: string | null | undefined;
  /** id is one of these. */
  idIn?: Array<string> | null | undefined;
  /** id is less than this. */
  idLT?: string | null | undefined;
  /** id is this or less. */
  idLTE?: string | null | undefined;
  /** id is not this. */
  idNEQ?: string | null | undefined;
  /** id is none of these. */
  idNotIn?: Array<string> | null | undefined;
  /** model is this. */
  model?: string | null | undefined;
  /** model contains this. */
  modelContains?: string | null | undefined;
  /** model contains this, in upper or lower case. */
  modelContainsFold?: string | null | undefined;
  /** model is this, in upper or lower case. */
  modelEqualFold?: string | null | undefined;
  /** model is more than this. */
  modelGT?: string | null | undefined;
  /** model is this or more. */
  modelGTE?: string | null | undefined;
  /** model starts with this. */
  modelHasPrefix?: string | null | undefined;
  /** model ends with this. */
  modelHasSuffix?: string | null | undefined;
  /** model is one of these. */
  modelIn?: Array<string> | null | undefined;
  /** model is less than this. */
  modelLT?: string | null | undefined;
  /** model is this or less. */
  modelLTE?: string | null | undefined;
  /** model is not this. */
  modelNEQ?: string | null | undefined;
  /** model is none of these. */
  modelNotIn?: Array<string> | null | undefined;
  /** This must not hold. */
  not?: AuditEventWhereInput | null | undefined;
  /** One of these must hold. */
  or?: Array<AuditEventWhereInput> | null | undefined;
  /** principal is this. */
  principal?: string | null | undefined;
  /** principal contains this. */
  principalContains?: string | null | undefined;
  /** principal contains this, in upper or lower case. */
  principalContainsFold?: string | null | undefined;
  /** principal is this, in upper or lower case. */
  principalEqualFold?: string | null | undefined;
  /** principal is more than this. */
  principalGT?: string | null | undefined;
  /** principal is this or more. */
  principalGTE?: string | null | undefined;
  /** principal starts with this. */
  principalHasPrefix?: string | null | undefined;
  /** principal ends with this. */
  principalHasSuffix?: string | null | undefined;
  /** principal is one of these. */
  principalIn?: Array<string> | null | undefined;
  /** principal is less than this. */
  principalLT?: string | null | undefined;
  /** principal is this or less. */
  principalLTE?: string | null | undefined;
  /** principal is not this. */
  principalNEQ?: string | null | undefined;
  /** principal is none of these. */
  principalNotIn?: Array<string> | null | undefined;
  /** requestId is this. */
  requestId?: string | null | undefined;
  /** requestId contains this. */
  requestIdContains?: string | null | undefined;
  /** requestId contains this, in upper or lower case. */
  requestIdContainsFold?: string | null | undefined;
  /** requestId is this, in upper or lower case. */
  requestIdEqualFold?: string | null | undefined;
  /** requestId is more than this. */
  requestIdGT?: string | null | undefined;
  /** requestId is this or more. */
  requestIdGTE?: string | null | undefined;
  /** requestId starts with this. */
  requestIdHasPrefix?: string | null | undefined;
  /** requestId ends with this. */
  requestIdHasSuffix?: string | null | undefined;
  /** requestId is one of these. */
  requestIdIn?: Array<string> | null | undefined;
  /** requestId is less than this. */
  requestIdLT?: string | null | undefined;
  /** requestId is this or less. */
  requestIdLTE?: string | null | undefined;
  /** requestId is not this. */
  requestIdNEQ?: string | null | undefined;
  /** requestId is none of these. */
  requestIdNotIn?: Array<string> | null | undefined;
  /** subjectId is this. */
  subjectId?: string | null | undefined;
  /** subjectId contains this. */
  subjectIdContains?: string | null | undefined;
  /** subjectId contains this, in upper or lower case. */
  subjectIdContainsFold?: string | null | undefined;
  /** subjectId is this, in upper or lower case. */
  subjectIdEqualFold?: string | null | undefined;
  /** subjectId is more than this. */
  subjectIdGT?: string | null | undefined;
  /** subjectId is this or more. */
  subjectIdGTE?: string | null | undefined;
  /** subjectId starts with this. */
  subjectIdHasPrefix?: string | null | undefined;
  /** subjectId ends with this. */
  subjectIdHasSuffix?: string | null | undefined;
  /** subjectId is one of these. */
  subjectIdIn?: Array<string> | null | undefined;
  /** subjectId is less than this. */
  subjectIdLT?: string | null | undefined;
  /** subjectId is this or less. */
  subjectIdLTE?: string | null | undefined;
  /** subjectId is not this. */
  subjectIdNEQ?: string | null | undefined;
  /** subjectId is none of these. */
  subjectIdNotIn?: Array<string> | null | undefined;
};

/** By what the points of a series are ordered and spread. */
export type Axis =
  /** By training step. */
  | 'STEP'
  /** By the time of measurement. */
  | 'TIME';

/** Which side of a limit is right. */
export type Bound =
  /** The limit or more. */
  | 'AT_LEAST'
  /** The limit or less. */
  | 'AT_MOST';

/** Whether a version is asked. */
export type BreakerStatus =
  /** Requests run. */
  | 'CLOSED'
  /** After a while one request tries whether it is well again. */
  | 'HALF_OPEN'
  /** It has no breaker. */
  | 'OFF'
  /** It failed too often in a row and is left alone. */
  | 'OPEN';

/** What the prediction cache may do for a request. */
export type CacheMode =
  /** Neither read nor fill it. */
  | 'BYPASS'
  /** Read and fill it. */
  | 'DEFAULT'
  /** Compute anew, and fill it. */
  | 'REFRESH';

/** Whether an answer came from the prediction cache. */
export type CacheStatus =
  /** It was computed; the cache took no part. */
  | 'BYPASSED'
  /** It was served from the memory of this server. */
  | 'MEMORY'
  /** It was computed, and may be served again. */
  | 'MISS'
  /** It was served from the cache that the servers share. */
  | 'SHARED';

/** What of two arms' figures is looked at. */
export type Comparison =
  /** The arm's figure by itself. */
  | 'ABSOLUTE'
  /** The arm's figure less the baseline's. */
  | 'DIFFERENCE'
  /** The arm's figure divided by the baseline's. */
  | 'RATIO';

/** The element type of a tensor. */
export type DType =
  /** The upper half of a FLOAT32. */
  | 'BFLOAT16'
  /** true or false. */
  | 'BOOL'
  /** Two FLOAT32: real and imaginary part. */
  | 'COMPLEX64'
  /** Two FLOAT64: real and imaginary part. */
  | 'COMPLEX128'
  /** 4-bit float, two in a byte. Base64 only. */
  | 'FLOAT4E2M1'
  /** 8-bit float. Base64 only. */
  | 'FLOAT8E4M3FN'
  /** 8-bit float. Base64 only. */
  | 'FLOAT8E4M3FNUZ'
  /** 8-bit float. Base64 only. */
  | 'FLOAT8E5M2'
  /** 8-bit float. Base64 only. */
  | 'FLOAT8E5M2FNUZ'
  /** 8-bit float: an exponent alone. Base64 only. */
  | 'FLOAT8E8M0'
  /** IEEE 754 half precision. */
  | 'FLOAT16'
  /** IEEE 754 single precision. */
  | 'FLOAT32'
  /** IEEE 754 double precision. */
  | 'FLOAT64'
  /** Signed, 2 bits, four in a byte, low bits first. Base64 only. */
  | 'INT2'
  /** Signed, 4 bits, two in a byte, low bits first. Base64 only. */
  | 'INT4'
  /** Signed, 8 bits. */
  | 'INT8'
  /** Signed, 16 bits. */
  | 'INT16'
  /** Signed, 32 bits. */
  | 'INT32'
  /** Signed, 64 bits. */
  | 'INT64'
  /** UTF-8 text. */
  | 'STRING'
  /** Unsigned, 2 bits, four in a byte, low bits first. Base64 only. */
  | 'UINT2'
  /** Unsigned, 4 bits, two in a byte, low bits first. Base64 only. */
  | 'UINT4'
  /** Unsigned, 8 bits. */
  | 'UINT8'
  /** Unsigned, 16 bits. */
  | 'UINT16'
  /** Unsigned, 32 bits. */
  | 'UINT32'
  /** Unsigned, 64 bits. */
  | 'UINT64';

/** What a gate looks at. Only answers that were computed count: a hit in a cache says nothing about a version. */
export type Measure =
  /** The share of a shadow's answers that agree with the baseline's. */
  | 'AGREEMENT'
  /** The share of the requests that failed by the server's or the version's fault. */
  | 'ERROR_RATE'
  /** The mean of an outcome, known after the prediction. */
  | 'OUTCOME'
  /** The 95th percentile of the latency in milliseconds. */
  | 'P95'
  /** The 99th percentile of the latency in milliseconds. */
  | 'P99';

/** An order of a list. */
export type MetricSummaryOrder = {
  /** Upwards or downwards. */
  direction?: OrderDirection;
  /** By what. */
  field: MetricSummaryOrderField;
};

/** By what a list can be ordered. */
export type MetricSummaryOrderField =
  /** By the value at the highest step. */
  | 'LAST'
  /** By the greatest value. */
  | 'MAX'
  /** By the least value. */
  | 'MIN';

/** A filter: all conditions given must hold. */
export type MetricSummaryWhereInput = {
  /** All of these must hold. */
  and?: Array<MetricSummaryWhereInput> | null | undefined;
  /** count is this. */
  count?: string | null | undefined;
  /** count is more than this. */
  countGT?: string | null | undefined;
  /** count is this or more. */
  countGTE?: string | null | undefined;
  /** count is one of these. */
  countIn?: Array<string> | null | undefined;
  /** count is less than this. */
  countLT?: string | null | undefined;
  /** count is this or less. */
  countLTE?: string | null | undefined;
  /** count is not this. */
  countNEQ?: string | null | undefined;
  /** count is none of these. */
  countNotIn?: Array<string> | null | undefined;
  /** id is this. */
  id?: string | null | undefined;
  /** id contains this, in upper or lower case. */
  idContainsFold?: string | null | undefined;
  /** id is this, in upper or lower case. */
  idEqualFold?: string | null | undefined;
  /** id is more than this. */
  idGT?: string | null | undefined;
  /** id is this or more. */
  idGTE?: string | null | undefined;
  /** id is one of these. */
  idIn?: Array<string> | null | undefined;
  /** id is less than this. */
  idLT?: string | null | undefined;
  /** id is this or less. */
  idLTE?: string | null | undefined;
  /** id is not this. */
  idNEQ?: string | null | undefined;
  /** id is none of these. */
  idNotIn?: Array<string> | null | undefined;
  /** last is this. */
  last?: number | null | undefined;
  /** lastAt is this. */
  lastAt?: string | null | undefined;
  /** lastAt is more than this. */
  lastAtGT?: string | null | undefined;
  /** lastAt is this or more. */
  lastAtGTE?: string | null | undefined;
  /** lastAt is one of these. */
  lastAtIn?: Array<string> | null | undefined;
  /** lastAt is less than this. */
  lastAtLT?: string | null | undefined;
  /** lastAt is this or less. */
  lastAtLTE?: string | null | undefined;
  /** lastAt is not this. */
  lastAtNEQ?: string | null | undefined;
  /** lastAt is none of these. */
  lastAtNotIn?: Array<string> | null | undefined;
  /** last is more than this. */
  lastGT?: number | null | undefined;
  /** last is this or more. */
  lastGTE?: number | null | undefined;
  /** last is one of these. */
  lastIn?: Array<number> | null | undefined;
  /** last is null. */
  lastIsNil?: boolean | null | undefined;
  /** last is less than this. */
  lastLT?: number | null | undefined;
  /** last is this or less. */
  lastLTE?: number | null | undefined;
  /** last is not this. */
  lastNEQ?: number | null | undefined;
  /** last is none of these. */
  lastNotIn?: Array<number> | null | undefined;
  /** last is not null. */
  lastNotNil?: boolean | null | undefined;
  /** lastStep is this. */
  lastStep?: string | null | undefined;
  /** lastStep is more than this. */
  lastStepGT?: string | null | undefined;
  /** lastStep is this or more. */
  lastStepGTE?: string | null | undefined;
  /** lastStep is one of these. */
  lastStepIn?: Array<string> | null | undefined;
  /** lastStep is less than this. */
  lastStepLT?: string | null | undefined;
  /** lastStep is this or less. */
  lastStepLTE?: string | null | undefined;
  /** lastStep is not this. */
  lastStepNEQ?: string | null | undefined;
  /** lastStep is none of these. */
  lastStepNotIn?: Array<string> | null | undefined;
  /** max is this. */
  max?: number | null | undefined;
  /** max is more than this. */
  maxGT?: number | null | undefined;
  /** max is this or more. */
  maxGTE?: number | null | undefined;
  /** max is one of these. */
  maxIn?: Array<number> | null | undefined;
  /** max is null. */
  maxIsNil?: boolean | null | undefined;
  /** max is less than this. */
  maxLT?: number | null | undefined;
  /** max is this or less. */
  maxLTE?: number | null | undefined;
  /** max is not this. */
  maxNEQ?: number | null | undefined;
  /** max is none of these. */
  maxNotIn?: Array<number> | null | undefined;
  /** max is not null. */
  maxNotNil?: boolean | null | undefined;
  /** min is this. */
  min?: number | null | undefined;
  /** min is more than this. */
  minGT?: number | null | undefined;
  /** min is this or more. */
  minGTE?: number | null | undefined;
  /** min is one of these. */
  minIn?: Array<number> | null | undefined;
  /** min is null. */
  minIsNil?: boolean | null | undefined;
  /** min is less than this. */
  minLT?: number | null | undefined;
  /** min is this or less. */
  minLTE?: number | null | undefined;
  /** min is not this. */
  minNEQ?: number | null | undefined;
  /** min is none of these. */
  minNotIn?: Array<number> | null | undefined;
  /** min is not null. */
  minNotNil?: boolean | null | undefined;
  /** name is this. */
  name?: string | null | undefined;
  /** name contains this. */
  nameContains?: string | null | undefined;
  /** name contains this, in upper or lower case. */
  nameContainsFold?: string | null | undefined;
  /** name is this, in upper or lower case. */
  nameEqualFold?: string | null | undefined;
  /** name is more than this. */
  nameGT?: string | null | undefined;
  /** name is this or more. */
  nameGTE?: string | null | undefined;
  /** name starts with this. */
  nameHasPrefix?: string | null | undefined;
  /** name ends with this. */
  nameHasSuffix?: string | null | undefined;
  /** name is one of these. */
  nameIn?: Array<string> | null | undefined;
  /** name is less than this. */
  nameLT?: string | null | undefined;
  /** name is this or less. */
  nameLTE?: string | null | undefined;
  /** name is not this. */
  nameNEQ?: string | null | undefined;
  /** name is none of these. */
  nameNotIn?: Array<string> | null | undefined;
  /** This must not hold. */
  not?: MetricSummaryWhereInput | null | undefined;
  /** One of these must hold. */
  or?: Array<MetricSummaryWhereInput> | null | undefined;
};

/** An order of a list. */
export type ModelOrder = {
  /** Upwards or downwards. */
  direction?: OrderDirection;
  /** By what. */
  field: ModelOrderField;
};

/** By what a list can be ordered. */
export type ModelOrderField =
  /** By when it was created. */
  | 'CREATED_AT'
  /** By name. */
  | 'NAME'
  /** By when it was last changed. */
  | 'UPDATED_AT';

/** Names one model. */
export type ModelRefInput = {
  /** The model's id. */
  id: string;
  /** Refuse the change (ABORTED) when the model has another revision by now. */
  ifRevision?: number | null | undefined;
};

/** What to change of a model. Fields left out stay. */
export type ModelUpdateInput = {
  /** What it predicts, in markdown. */
  description?: string | null | undefined;
  /** Which model. */
  id: string;
  /** Refuse the change (ABORTED) when the model has another revision by now. */
  ifRevision?: number | null | undefined;
  /** A new name; the id stays. */
  name?: string | null | undefined;
  /** Who answers for it. */
  owner?: string | null | undefined;
  /** All its tags. */
  tags?: Array<TagInput> | null | undefined;
};

/** Whether a version can predict. */
export type ModelVersionStatus =
  /** Its artifact was refused. */
  | 'FAILED'
  /** Its artifact is being checked. */
  | 'PENDING'
  /** It can predict, and never changes. */
  | 'READY';

/** A filter: all conditions given must hold. */
export type ModelVersionWhereInput = {
  /** All of these must hold. */
  and?: Array<ModelVersionWhereInput> | null | undefined;
  /** archivedAt is this. */
  archivedAt?: string | null | undefined;
  /** archivedAt is more than this. */
  archivedAtGT?: string | null | undefined;
  /** archivedAt is this or more. */
  archivedAtGTE?: string | null | undefined;
  /** archivedAt is one of these. */
  archivedAtIn?: Array<string> | null | undefined;
  /** archivedAt is null. */
  archivedAtIsNil?: boolean | null | undefined;
  /** archivedAt is less than this. */
  archivedAtLT?: string | null | undefined;
  /** archivedAt is this or less. */
  archivedAtLTE?: string | null | undefined;
  /** archivedAt is not this. */
  archivedAtNEQ?: string | null | undefined;
  /** archivedAt is none of these. */
  archivedAtNotIn?: Array<string> | null | undefined;
  /** archivedAt is not null. */
  archivedAtNotNil?: boolean | null | undefined;
  /** author is this. */
  author?: string | null | undefined;
  /** author contains this. */
  authorContains?: string | null | undefined;
  /** author contains this, in upper or lower case. */
  authorContainsFold?: string | null | undefined;
  /** author is this, in upper or lower case. */
  authorEqualFold?: string | null | undefined;
  /** author is more than this. */
  authorGT?: string | null | undefined;
  /** author is this or more. */
  authorGTE?: string | null | undefined;
  /** author starts with this. */
  authorHasPrefix?: string | null | undefined;
  /** author ends with this. */
  authorHasSuffix?: string | null | undefined;
  /** author is one of these. */
  authorIn?: Array<string> | null | undefined;
  /** author is less than this. */
  authorLT?: string | null | undefined;
  /** author is this or less. */
  authorLTE?: string | null | undefined;
  /** author is not this. */
  authorNEQ?: string | null | undefined;
  /** author is none of these. */
  authorNotIn?: Array<string> | null | undefined;
  /** createdAt is this. */
  createdAt?: string | null | undefined;
  /** createdAt is more than this. */
  createdAtGT?: string | null | undefined;
  /** createdAt is this or more. */
  createdAtGTE?: string | null | undefined;
  /** createdAt is one of these. */
  createdAtIn?: Array<string> | null | undefined;
  /** createdAt is less than this. */
  createdAtLT?: string | null | undefined;
  /** createdAt is this or less. */
  createdAtLTE?: string | null | undefined;
  /** createdAt is not this. */
  createdAtNEQ?: string | null | undefined;
  /** createdAt is none of these. */
  createdAtNotIn?: Array<string> | null | undefined;
  /** datasetDigest is this. */
  datasetDigest?: string | null | undefined;
  /** datasetDigest contains this. */
  datasetDigestContains?: string | null | undefined;
  /** datasetDigest contains this, in upper or lower case. */
  datasetDigestContainsFold?: string | null | undefined;
  /** datasetDigest is this, in upper or lower case. */
  datasetDigestEqualFold?: string | null | undefined;
  /** datasetDigest is more than this. */
  datasetDigestGT?: string | null | undefined;
  /** datasetDigest is this or more. */
  datasetDigestGTE?: string | null | undefined;
  /** datasetDigest starts with this. */
  datasetDigestHasPrefix?: string | null | undefined;
  /** datasetDigest ends with this. */
  datasetDigestHasSuffix?: string | null | undefined;
  /** datasetDigest is one of these. */
  datasetDigestIn?: Array<string> | null | undefined;
  /** datasetDigest is less than this. */
  datasetDigestLT?: string | null | undefined;
  /** datasetDigest is this or less. */
  datasetDigestLTE?: string | null | undefined;
  /** datasetDigest is not this. */
  datasetDigestNEQ?: string | null | undefined;
  /** datasetDigest is none of these. */
  datasetDigestNotIn?: Array<string> | null | undefined;
  /** datasetName is this. */
  datasetName?: string | null | undefined;
  /** datasetName contains this. */
  datasetNameContains?: string | null | undefined;
  /** datasetName contains this, in upper or lower case. */
  datasetNameContainsFold?: string | null | undefined;
  /** datasetName is this, in upper or lower case. */
  datasetNameEqualFold?: string | null | undefined;
  /** datasetName is more than this. */
  datasetNameGT?: string | null | undefined;
  /** datasetName is this or more. */
  datasetNameGTE?: string | null | undefined;
  /** datasetName starts with this. */
  datasetNameHasPrefix?: string | null | undefined;
  /** datasetName ends with this. */
  datasetNameHasSuffix?: string | null | undefined;
  /** datasetName is one of these. */
  datasetNameIn?: Array<string> | null | undefined;
  /** datasetName is less than this. */
  datasetNameLT?: string | null | undefined;
  /** datasetName is this or less. */
  datasetNameLTE?: string | null | undefined;
  /** datasetName is not this. */
  datasetNameNEQ?: string | null | undefined;
  /** datasetName is none of these. */
  datasetNameNotIn?: Array<string> | null | undefined;
  /** description is this. */
  description?: string | null | undefined;
  /** description contains this. */
  descriptionContains?: string | null | undefined;
  /** description contains this, in upper or lower case. */
  descriptionContainsFold?: string | null | undefined;
  /** description is this, in upper or lower case. */
  descriptionEqualFold?: string | null | undefined;
  /** description is more than this. */
  descriptionGT?: string | null | undefined;
  /** description is this or more. */
  descriptionGTE?: string | null | undefined;
  /** description starts with this. */
  descriptionHasPrefix?: string | null | undefined;
  /** description ends with this. */
  descriptionHasSuffix?: string | null | undefined;
  /** description is one of these. */
  descriptionIn?: Array<string> | null | undefined;
  /** description is less than this. */
  descriptionLT?: string | null | undefined;
  /** description is this or less. */
  descriptionLTE?: string | null | undefined;
  /** description is not this. */
  descriptionNEQ?: string | null | undefined;
  /** description is none of these. */
  descriptionNotIn?: Array<string> | null | undefined;
  /** deterministic is this. */
  deterministic?: boolean | null | undefined;
  /** deterministic is not this. */
  deterministicNEQ?: boolean | null | undefined;
  /** format is this. */
  format?: string | null | undefined;
  /** format contains this. */
  formatContains?: string | null | undefined;
  /** format contains this, in upper or lower case. */
  formatContainsFold?: string | null | undefined;
  /** format is this, in upper or lower case. */
  formatEqualFold?: string | null | undefined;
  /** format is more than this. */
  formatGT?: string | null | undefined;
  /** format is this or more. */
  formatGTE?: string | null | undefined;
  /** format starts with this. */
  formatHasPrefix?: string | null | undefined;
  /** format ends with this. */
  formatHasSuffix?: string | null | undefined;
  /** format is one of these. */
  formatIn?: Array<string> | null | undefined;
  /** format is less than this. */
  formatLT?: string | null | undefined;
  /** format is this or less. */
  formatLTE?: string | null | undefined;
  /** format is not this. */
  formatNEQ?: string | null | undefined;
  /** format is none of these. */
  formatNotIn?: Array<string> | null | undefined;
  /** framework is this. */
  framework?: string | null | undefined;
  /** framework contains this. */
  frameworkContains?: string | null | undefined;
  /** framework contains this, in upper or lower case. */
  frameworkContainsFold?: string | null | undefined;
  /** framework is this, in upper or lower case. */
  frameworkEqualFold?: string | null | undefined;
  /** framework is more than this. */
  frameworkGT?: string | null | undefined;
  /** framework is this or more. */
  frameworkGTE?: string | null | undefined;
  /** framework starts with this. */
  frameworkHasPrefix?: string | null | undefined;
  /** framework ends with this. */
  frameworkHasSuffix?: string | null | undefined;
  /** framework is one of these. */
  frameworkIn?: Array<string> | null | undefined;
  /** framework is less than this. */
  frameworkLT?: string | null | undefined;
  /** framework is this or less. */
  frameworkLTE?: string | null | undefined;
  /** framework is not this. */
  frameworkNEQ?: string | null | undefined;
  /** framework is none of these. */
  frameworkNotIn?: Array<string> | null | undefined;
  /** gitCommit is this. */
  gitCommit?: string | null | undefined;
  /** gitCommit contains this. */
  gitCommitContains?: string | null | undefined;
  /** gitCommit contains this, in upper or lower case. */
  gitCommitContainsFold?: string | null | undefined;
  /** gitCommit is this, in upper or lower case. */
  gitCommitEqualFold?: string | null | undefined;
  /** gitCommit is more than this. */
  gitCommitGT?: string | null | undefined;
  /** gitCommit is this or more. */
  gitCommitGTE?: string | null | undefined;
  /** gitCommit starts with this. */
  gitCommitHasPrefix?: string | null | undefined;
  /** gitCommit ends with this. */
  gitCommitHasSuffix?: string | null | undefined;
  /** gitCommit is one of these. */
  gitCommitIn?: Array<string> | null | undefined;
  /** gitCommit is less than this. */
  gitCommitLT?: string | null | undefined;
  /** gitCommit is this or less. */
  gitCommitLTE?: string | null | undefined;
  /** gitCommit is not this. */
  gitCommitNEQ?: string | null | undefined;
  /** gitCommit is none of these. */
  gitCommitNotIn?: Array<string> | null | undefined;
  /** aliases has one. */
  hasAliases?: boolean | null | undefined;
  /** aliases has one for which all of these hold. */
  hasAliasesWith?: Array<AliasWhereInput> | null | undefined;
  /** artifact has one. */
  hasArtifact?: boolean | null | undefined;
  /** artifact has one for which all of these hold. */
  hasArtifactWith?: Array<ArtifactWhereInput> | null | undefined;
  /** metricSummaries has one. */
  hasMetricSummaries?: boolean | null | undefined;
  /** metricSummaries has one for which all of these hold. */
  hasMetricSummariesWith?: Array<MetricSummaryWhereInput> | null | undefined;
  /** model has one. */
  hasModel?: boolean | null | undefined;
  /** model has one for which all of these hold. */
  hasModelWith?: Array<ModelWhereInput> | null | undefined;
  /** tags has one. */
  hasTags?: boolean | null | undefined;
  /** tags has one for which all of these hold. */
  hasTagsWith?: Array<TagWhereInput> | null | undefined;
  /** id is this. */
  id?: string | null | undefined;
  /** id contains this, in upper or lower case. */
  idContainsFold?: string | null | undefined;
  /** id is this, in upper or lower case. */
  idEqualFold?: string | null | undefined;
  /** id is more than this. */
  idGT?: string | null | undefined;
  /** id is this or more. */
  idGTE?: string | null | undefined;
  /** id is one of these. */
  idIn?: Array<string> | null | undefined;
  /** id is less than this. */
  idLT?: string | null | undefined;
  /** id is this or less. */
  idLTE?: string | null | undefined;
  /** id is not this. */
  idNEQ?: string | null | undefined;
  /** id is none of these. */
  idNotIn?: Array<string> | null | undefined;
  /** This must not hold. */
  not?: ModelVersionWhereInput | null | undefined;
  /** One of these must hold. */
  or?: Array<ModelVersionWhereInput> | null | undefined;
  /** ordinal is this. */
  ordinal?: number | null | undefined;
  /** ordinal is more than this. */
  ordinalGT?: number | null | undefined;
  /** ordinal is this or more. */
  ordinalGTE?: number | null | undefined;
  /** ordinal is one of these. */
  ordinalIn?: Array<number> | null | undefined;
  /** ordinal is less than this. */
  ordinalLT?: number | null | undefined;
  /** ordinal is this or less. */
  ordinalLTE?: number | null | undefined;
  /** ordinal is not this. */
  ordinalNEQ?: number | null | undefined;
  /** ordinal is none of these. */
  ordinalNotIn?: Array<number> | null | undefined;
  /** revision is this. */
  revision?: number | null | undefined;
  /** revision is more than this. */
  revisionGT?: number | null | undefined;
  /** revision is this or more. */
  revisionGTE?: number | null | undefined;
  /** revision is one of these. */
  revisionIn?: Array<number> | null | undefined;
  /** revision is less than this. */
  revisionLT?: number | null | undefined;
  /** revision is this or less. */
  revisionLTE?: number | null | undefined;
  /** revision is not this. */
  revisionNEQ?: number | null | undefined;
  /** revision is none of these. */
  revisionNotIn?: Array<number> | null | undefined;
  /** runId is this. */
  runId?: string | null | undefined;
  /** runId contains this. */
  runIdContains?: string | null | undefined;
  /** runId contains this, in upper or lower case. */
  runIdContainsFold?: string | null | undefined;
  /** runId is this, in upper or lower case. */
  runIdEqualFold?: string | null | undefined;
  /** runId is more than this. */
  runIdGT?: string | null | undefined;
  /** runId is this or more. */
  runIdGTE?: string | null | undefined;
  /** runId starts with this. */
  runIdHasPrefix?: string | null | undefined;
  /** runId ends with this. */
  runIdHasSuffix?: string | null | undefined;
  /** runId is one of these. */
  runIdIn?: Array<string> | null | undefined;
  /** runId is less than this. */
  runIdLT?: string | null | undefined;
  /** runId is this or less. */
  runIdLTE?: string | null | undefined;
  /** runId is not this. */
  runIdNEQ?: string | null | undefined;
  /** runId is none of these. */
  runIdNotIn?: Array<string> | null | undefined;
  /** Each word of this stands somewhere in its name or version, its description, its framework, or its tags, in upper or lower case. */
  search?: string | null | undefined;
  /** status is this. */
  status?: ModelVersionStatus | null | undefined;
  /** status is one of these. */
  statusIn?: Array<ModelVersionStatus> | null | undefined;
  /** statusMessage is this. */
  statusMessage?: string | null | undefined;
  /** statusMessage contains this. */
  statusMessageContains?: string | null | undefined;
  /** statusMessage contains this, in upper or lower case. */
  statusMessageContainsFold?: string | null | undefined;
  /** statusMessage is this, in upper or lower case. */
  statusMessageEqualFold?: string | null | undefined;
  /** statusMessage is more than this. */
  statusMessageGT?: string | null | undefined;
  /** statusMessage is this or more. */
  statusMessageGTE?: string | null | undefined;
  /** statusMessage starts with this. */
  statusMessageHasPrefix?: string | null | undefined;
  /** statusMessage ends with this. */
  statusMessageHasSuffix?: string | null | undefined;
  /** statusMessage is one of these. */
  statusMessageIn?: Array<string> | null | undefined;
  /** statusMessage is less than this. */
  statusMessageLT?: string | null | undefined;
  /** statusMessage is this or less. */
  statusMessageLTE?: string | null | undefined;
  /** statusMessage is not this. */
  statusMessageNEQ?: string | null | undefined;
  /** statusMessage is none of these. */
  statusMessageNotIn?: Array<string> | null | undefined;
  /** status is not this. */
  statusNEQ?: ModelVersionStatus | null | undefined;
  /** status is none of these. */
  statusNotIn?: Array<ModelVersionStatus> | null | undefined;
  /** updatedAt is this. */
  updatedAt?: string | null | undefined;
  /** updatedAt is more than this. */
  updatedAtGT?: string | null | undefined;
  /** updatedAt is this or more. */
  updatedAtGTE?: string | null | undefined;
  /** updatedAt is one of these. */
  updatedAtIn?: Array<string> | null | undefined;
  /** updatedAt is less than this. */
  updatedAtLT?: string | null | undefined;
  /** updatedAt is this or less. */
  updatedAtLTE?: string | null | undefined;
  /** updatedAt is not this. */
  updatedAtNEQ?: string | null | undefined;
  /** updatedAt is none of these. */
  updatedAtNotIn?: Array<string> | null | undefined;
  /** version is this. */
  version?: string | null | undefined;
  /** version contains this. */
  versionContains?: string | null | undefined;
  /** version contains this, in upper or lower case. */
  versionContainsFold?: string | null | undefined;
  /** version is this, in upper or lower case. */
  versionEqualFold?: string | null | undefined;
  /** version is more than this. */
  versionGT?: string | null | undefined;
  /** version is this or more. */
  versionGTE?: string | null | undefined;
  /** version starts with this. */
  versionHasPrefix?: string | null | undefined;
  /** version ends with this. */
  versionHasSuffix?: string | null | undefined;
  /** version is one of these. */
  versionIn?: Array<string> | null | undefined;
  /** version is less than this. */
  versionLT?: string | null | undefined;
  /** version is this or less. */
  versionLTE?: string | null | undefined;
  /** version is not this. */
  versionNEQ?: string | null | undefined;
  /** version is none of these. */
  versionNotIn?: Array<string> | null | undefined;
};

/** A filter: all conditions given must hold. */
export type ModelWhereInput = {
  /** All of these must hold. */
  and?: Array<ModelWhereInput> | null | undefined;
  /** archivedAt is this. */
  archivedAt?: string | null | undefined;
  /** archivedAt is more than this. */
  archivedAtGT?: string | null | undefined;
  /** archivedAt is this or more. */
  archivedAtGTE?: string | null | undefined;
  /** archivedAt is one of these. */
  archivedAtIn?: Array<string> | null | undefined;
  /** archivedAt is null. */
  archivedAtIsNil?: boolean | null | undefined;
  /** archivedAt is less than this. */
  archivedAtLT?: string | null | undefined;
  /** archivedAt is this or less. */
  archivedAtLTE?: string | null | undefined;
  /** archivedAt is not this. */
  archivedAtNEQ?: string | null | undefined;
  /** archivedAt is none of these. */
  archivedAtNotIn?: Array<string> | null | undefined;
  /** archivedAt is not null. */
  archivedAtNotNil?: boolean | null | undefined;
  /** createdAt is this. */
  createdAt?: string | null | undefined;
  /** createdAt is more than this. */
  createdAtGT?: string | null | undefined;
  /** createdAt is this or more. */
  createdAtGTE?: string | null | undefined;
  /** createdAt is one of these. */
  createdAtIn?: Array<string> | null | undefined;
  /** createdAt is less than this. */
  createdAtLT?: string | null | undefined;
  /** createdAt is this or less. */
  createdAtLTE?: string | null | undefined;
  /** createdAt is not this. */
  createdAtNEQ?: string | null | undefined;
  /** createdAt is none of these. */
  createdAtNotIn?: Array<string> | null | undefined;
  /** description is this. */
  description?: string | null | undefined;
  /** description contains this. */
  descriptionContains?: string | null | undefined;
  /** description contains this, in upper or lower case. */
  descriptionContainsFold?: string | null | undefined;
  /** description is this, in upper or lower case. */
  descriptionEqualFold?: string | null | undefined;
  /** description is more than this. */
  descriptionGT?: string | null | undefined;
  /** description is this or more. */
  descriptionGTE?: string | null | undefined;
  /** description starts with this. */
  descriptionHasPrefix?: string | null | undefined;
  /** description ends with this. */
  descriptionHasSuffix?: string | null | undefined;
  /** description is one of these. */
  descriptionIn?: Array<string> | null | undefined;
  /** description is less than this. */
  descriptionLT?: string | null | undefined;
  /** description is this or less. */
  descriptionLTE?: string | null | undefined;
  /** description is not this. */
  descriptionNEQ?: string | null | undefined;
  /** description is none of these. */
  descriptionNotIn?: Array<string> | null | undefined;
  /** aliasHistory has one. */
  hasAliasHistory?: boolean | null | undefined;
  /** aliasHistory has one for which all of these hold. */
  hasAliasHistoryWith?: Array<AliasEventWhereInput> | null | undefined;
  /** aliases has one. */
  hasAliases?: boolean | null | undefined;
  /** aliases has one for which all of these hold. */
  hasAliasesWith?: Array<AliasWhereInput> | null | undefined;
  /** rollouts has one. */
  hasRollouts?: boolean | null | undefined;
  /** rollouts has one for which all of these hold. */
  hasRolloutsWith?: Array<RolloutWhereInput> | null | undefined;
  /** tags has one. */
  hasTags?: boolean | null | undefined;
  /** tags has one for which all of these hold. */
  hasTagsWith?: Array<TagWhereInput> | null | undefined;
  /** versions has one. */
  hasVersions?: boolean | null | undefined;
  /** versions has one for which all of these hold. */
  hasVersionsWith?: Array<ModelVersionWhereInput> | null | undefined;
  /** id is this. */
  id?: string | null | undefined;
  /** id contains this, in upper or lower case. */
  idContainsFold?: string | null | undefined;
  /** id is this, in upper or lower case. */
  idEqualFold?: string | null | undefined;
  /** id is more than this. */
  idGT?: string | null | undefined;
  /** id is this or more. */
  idGTE?: string | null | undefined;
  /** id is one of these. */
  idIn?: Array<string> | null | undefined;
  /** id is less than this. */
  idLT?: string | null | undefined;
  /** id is this or less. */
  idLTE?: string | null | undefined;
  /** id is not this. */
  idNEQ?: string | null | undefined;
  /** id is none of these. */
  idNotIn?: Array<string> | null | undefined;
  /** name is this. */
  name?: string | null | undefined;
  /** name contains this. */
  nameContains?: string | null | undefined;
  /** name contains this, in upper or lower case. */
  nameContainsFold?: string | null | undefined;
  /** name is this, in upper or lower case. */
  nameEqualFold?: string | null | undefined;
  /** name is more than this. */
  nameGT?: string | null | undefined;
  /** name is this or more. */
  nameGTE?: string | null | undefined;
  /** name starts with this. */
  nameHasPrefix?: string | null | undefined;
  /** name ends with this. */
  nameHasSuffix?: string | null | undefined;
  /** name is one of these. */
  nameIn?: Array<string> | null | undefined;
  /** name is less than this. */
  nameLT?: string | null | undefined;
  /** name is this or less. */
  nameLTE?: string | null | undefined;
  /** name is not this. */
  nameNEQ?: string | null | undefined;
  /** name is none of these. */
  nameNotIn?: Array<string> | null | undefined;
  /** This must not hold. */
  not?: ModelWhereInput | null | undefined;
  /** One of these must hold. */
  or?: Array<ModelWhereInput> | null | undefined;
  /** owner is this. */
  owner?: string | null | undefined;
  /** owner contains this. */
  ownerContains?: string | null | undefined;
  /** owner contains this, in upper or lower case. */
  ownerContainsFold?: string | null | undefined;
  /** owner is this, in upper or lower case. */
  ownerEqualFold?: string | null | undefined;
  /** owner is more than this. */
  ownerGT?: string | null | undefined;
  /** owner is this or more. */
  ownerGTE?: string | null | undefined;
  /** owner starts with this. */
  ownerHasPrefix?: string | null | undefined;
  /** owner ends with this. */
  ownerHasSuffix?: string | null | undefined;
  /** owner is one of these. */
  ownerIn?: Array<string> | null | undefined;
  /** owner is null. */
  ownerIsNil?: boolean | null | undefined;
  /** owner is less than this. */
  ownerLT?: string | null | undefined;
  /** owner is this or less. */
  ownerLTE?: string | null | undefined;
  /** owner is not this. */
  ownerNEQ?: string | null | undefined;
  /** owner is none of these. */
  ownerNotIn?: Array<string> | null | undefined;
  /** owner is not null. */
  ownerNotNil?: boolean | null | undefined;
  /** revision is this. */
  revision?: number | null | undefined;
  /** revision is more than this. */
  revisionGT?: number | null | undefined;
  /** revision is this or more. */
  revisionGTE?: number | null | undefined;
  /** revision is one of these. */
  revisionIn?: Array<number> | null | undefined;
  /** revision is less than this. */
  revisionLT?: number | null | undefined;
  /** revision is this or less. */
  revisionLTE?: number | null | undefined;
  /** revision is not this. */
  revisionNEQ?: number | null | undefined;
  /** revision is none of these. */
  revisionNotIn?: Array<number> | null | undefined;
  /** Each word of this stands somewhere in its name or version, its description, its framework, or its tags, in upper or lower case. */
  search?: string | null | undefined;
  /** updatedAt is this. */
  updatedAt?: string | null | undefined;
  /** updatedAt is more than this. */
  updatedAtGT?: string | null | undefined;
  /** updatedAt is this or more. */
  updatedAtGTE?: string | null | undefined;
  /** updatedAt is one of these. */
  updatedAtIn?: Array<string> | null | undefined;
  /** updatedAt is less than this. */
  updatedAtLT?: string | null | undefined;
  /** updatedAt is this or less. */
  updatedAtLTE?: string | null | undefined;
  /** updatedAt is not this. */
  updatedAtNEQ?: string | null | undefined;
  /** updatedAt is none of these. */
  updatedAtNotIn?: Array<string> | null | undefined;
};

/** What a wrong row means for the others. */
export type OnRowError =
  /** The others are answered; userErrors names the wrong ones. */
  | 'PARTIAL'
  /** The whole request is refused. */
  | 'REJECT';

/** Upwards or downwards. */
export type OrderDirection =
  /** Upwards: the smallest first. */
  | 'ASC'
  /** Downwards: the greatest first. */
  | 'DESC';

/** What turned out to be true about an earlier prediction. */
export type OutcomeRecordInput = {
  /** Any JSON value, as in {"accident": true}. */
  outcome: unknown;
  /** The prediction's id. */
  predictionId: string;
  /** The id of the version that predicted. Needed where the log does not have the prediction, since not all of them are kept. */
  versionId?: string | null | undefined;
};

/** What a paused rollout waits for. */
export type PauseReason =
  /** The step asks for a person's approval. */
  | 'APPROVAL'
  /** An experiment has run its time: promote an arm, or abort. */
  | 'DECISION'
  /** A person paused it. */
  | 'PERSON'
  /** There were not enough requests, even after the grace period. */
  | 'QUIET'
  /** The arms do not have the shares they should, so that comparing them means nothing. */
  | 'SAMPLE_RATIO'
  /** A gate could not be answered. */
  | 'UNKNOWN';

/** The input of a prediction, in exactly one form. */
export type PredictData =
  {   /** The same as columns: each feature with the list of its values. */
  columns: Record<string, unknown[]>; row?: never; rows?: never; tensors?: never; }
  |  { columns?: never;   /** One record of named features. */
  row: Record<string, unknown>; rows?: never; tensors?: never; }
  |  { columns?: never; row?: never;   /** Many records of named features. */
  rows: Array<Record<string, unknown>>; tensors?: never; }
  |  { columns?: never; row?: never; rows?: never;   /** Exact inputs of the model, by name. */
  tensors: Array<TensorInput>; };

/** What to predict from what. */
export type PredictInput = {
  /** The input, in one of its forms. */
  data: PredictData;
  /** The model's name. */
  model: string;
  /** How to go about it. */
  options?: PredictOptions | null | undefined;
  /** Which outputs, in which order; all of them when left out. */
  outputs?: Array<string> | null | undefined;
  /** Who the prediction is for. */
  subject?: string | null | undefined;
  /** A version (1.4.0), an alias or latest; the live version when left out. */
  version?: string | null | undefined;
};

/** How to go about a prediction. */
export type PredictOptions = {
  /** What the prediction cache may do. */
  cache?: CacheMode | null | undefined;
  /** How numbers in outputs are written. */
  encoding?: TensorEncoding | null | undefined;
  /** What a wrong row means for the others. */
  onRowError?: OnRowError | null | undefined;
  /** Give up after this long; never longer than the version's own limit. */
  timeout?: string | null | undefined;
};

/** A filter: all conditions given must hold. */
export type PredictionRecordWhereInput = {
  /** All of these must hold. */
  and?: Array<PredictionRecordWhereInput> | null | undefined;
  /** arm is this. */
  arm?: string | null | undefined;
  /** arm contains this. */
  armContains?: string | null | undefined;
  /** arm contains this, in upper or lower case. */
  armContainsFold?: string | null | undefined;
  /** arm is this, in upper or lower case. */
  armEqualFold?: string | null | undefined;
  /** arm is more than this. */
  armGT?: string | null | undefined;
  /** arm is this or more. */
  armGTE?: string | null | undefined;
  /** arm starts with this. */
  armHasPrefix?: string | null | undefined;
  /** arm ends with this. */
  armHasSuffix?: string | null | undefined;
  /** arm is one of these. */
  armIn?: Array<string> | null | undefined;
  /** arm is less than this. */
  armLT?: string | null | undefined;
  /** arm is this or less. */
  armLTE?: string | null | undefined;
  /** arm is not this. */
  armNEQ?: string | null | undefined;
  /** arm is none of these. */
  armNotIn?: Array<string> | null | undefined;
  /** cache is this. */
  cache?: string | null | undefined;
  /** cache contains this. */
  cacheContains?: string | null | undefined;
  /** cache contains this, in upper or lower case. */
  cacheContainsFold?: string | null | undefined;
  /** cache is this, in upper or lower case. */
  cacheEqualFold?: string | null | undefined;
  /** cache is more than this. */
  cacheGT?: string | null | undefined;
  /** cache is this or more. */
  cacheGTE?: string | null | undefined;
  /** cache starts with this. */
  cacheHasPrefix?: string | null | undefined;
  /** cache ends with this. */
  cacheHasSuffix?: string | null | undefined;
  /** cache is one of these. */
  cacheIn?: Array<string> | null | undefined;
  /** cache is less than this. */
  cacheLT?: string | null | undefined;
  /** cache is this or less. */
  cacheLTE?: string | null | undefined;
  /** cache is not this. */
  cacheNEQ?: string | null | undefined;
  /** cache is none of these. */
  cacheNotIn?: Array<string> | null | undefined;
  /** code is this. */
  code?: string | null | undefined;
  /** code contains this. */
  codeContains?: string | null | undefined;
  /** code contains this, in upper or lower case. */
  codeContainsFold?: string | null | undefined;
  /** code is this, in upper or lower case. */
  codeEqualFold?: string | null | undefined;
  /** code is more than this. */
  codeGT?: string | null | undefined;
  /** code is this or more. */
  codeGTE?: string | null | undefined;
  /** code starts with this. */
  codeHasPrefix?: string | null | undefined;
  /** code ends with this. */
  codeHasSuffix?: string | null | undefined;
  /** code is one of these. */
  codeIn?: Array<string> | null | undefined;
  /** code is less than this. */
  codeLT?: string | null | undefined;
  /** code is this or less. */
  codeLTE?: string | null | undefined;
  /** code is not this. */
  codeNEQ?: string | null | undefined;
  /** code is none of these. */
  codeNotIn?: Array<string> | null | undefined;
  /** createdAt is this. */
  createdAt?: string | null | undefined;
  /** createdAt is more than this. */
  createdAtGT?: string | null | undefined;
  /** createdAt is this or more. */
  createdAtGTE?: string | null | undefined;
  /** createdAt is one of these. */
  createdAtIn?: Array<string> | null | undefined;
  /** createdAt is less than this. */
  createdAtLT?: string | null | undefined;
  /** createdAt is this or less. */
  createdAtLTE?: string | null | undefined;
  /** createdAt is not this. */
  createdAtNEQ?: string | null | undefined;
  /** createdAt is none of these. */
  createdAtNotIn?: Array<string> | null | undefined;
  /** id is this. */
  id?: string | null | undefined;
  /** id contains this, in upper or lower case. */
  idContainsFold?: string | null | undefined;
  /** id is this, in upper or lower case. */
  idEqualFold?: string | null | undefined;
  /** id is more than this. */
  idGT?: string | null | undefined;
  /** id is this or more. */
  idGTE?: string | null | undefined;
  /** id is one of these. */
  idIn?: Array<string> | null | undefined;
  /** id is less than this. */
  idLT?: string | null | undefined;
  /** id is this or less. */
  idLTE?: string | null | undefined;
  /** id is not this. */
  idNEQ?: string | null | undefined;
  /** id is none of these. */
  idNotIn?: Array<string> | null | undefined;
  /** modelId is this. */
  modelId?: string | null | undefined;
  /** modelId contains this. */
  modelIdContains?: string | null | undefined;
  /** modelId contains this, in upper or lower case. */
  modelIdContainsFold?: string | null | undefined;
  /** modelId is this, in upper or lower case. */
  modelIdEqualFold?: string | null | undefined;
  /** modelId is more than this. */
  modelIdGT?: string | null | undefined;
  /** modelId is this or more. */
  modelIdGTE?: string | null | undefined;
  /** modelId starts with this. */
  modelIdHasPrefix?: string | null | undefined;
  /** modelId ends with this. */
  modelIdHasSuffix?: string | null | undefined;
  /** modelId is one of these. */
  modelIdIn?: Array<string> | null | undefined;
  /** modelId is less than this. */
  modelIdLT?: string | null | undefined;
  /** modelId is this or less. */
  modelIdLTE?: string | null | undefined;
  /** modelId is not this. */
  modelIdNEQ?: string | null | undefined;
  /** modelId is none of these. */
  modelIdNotIn?: Array<string> | null | undefined;
  /** This must not hold. */
  not?: PredictionRecordWhereInput | null | undefined;
  /** One of these must hold. */
  or?: Array<PredictionRecordWhereInput> | null | undefined;
  /** outcomeAt is this. */
  outcomeAt?: string | null | undefined;
  /** outcomeAt is more than this. */
  outcomeAtGT?: string | null | undefined;
  /** outcomeAt is this or more. */
  outcomeAtGTE?: string | null | undefined;
  /** outcomeAt is one of these. */
  outcomeAtIn?: Array<string> | null | undefined;
  /** outcomeAt is null. */
  outcomeAtIsNil?: boolean | null | undefined;
  /** outcomeAt is less than this. */
  outcomeAtLT?: string | null | undefined;
  /** outcomeAt is this or less. */
  outcomeAtLTE?: string | null | undefined;
  /** outcomeAt is not this. */
  outcomeAtNEQ?: string | null | undefined;
  /** outcomeAt is none of these. */
  outcomeAtNotIn?: Array<string> | null | undefined;
  /** outcomeAt is not null. */
  outcomeAtNotNil?: boolean | null | undefined;
  /** requestId is this. */
  requestId?: string | null | undefined;
  /** requestId contains this. */
  requestIdContains?: string | null | undefined;
  /** requestId contains this, in upper or lower case. */
  requestIdContainsFold?: string | null | undefined;
  /** requestId is this, in upper or lower case. */
  requestIdEqualFold?: string | null | undefined;
  /** requestId is more than this. */
  requestIdGT?: string | null | undefined;
  /** requestId is this or more. */
  requestIdGTE?: string | null | undefined;
  /** requestId starts with this. */
  requestIdHasPrefix?: string | null | undefined;
  /** requestId ends with this. */
  requestIdHasSuffix?: string | null | undefined;
  /** requestId is one of these. */
  requestIdIn?: Array<string> | null | undefined;
  /** requestId is less than this. */
  requestIdLT?: string | null | undefined;
  /** requestId is this or less. */
  requestIdLTE?: string | null | undefined;
  /** requestId is not this. */
  requestIdNEQ?: string | null | undefined;
  /** requestId is none of these. */
  requestIdNotIn?: Array<string> | null | undefined;
  /** rolloutId is this. */
  rolloutId?: string | null | undefined;
  /** rolloutId contains this. */
  rolloutIdContains?: string | null | undefined;
  /** rolloutId contains this, in upper or lower case. */
  rolloutIdContainsFold?: string | null | undefined;
  /** rolloutId is this, in upper or lower case. */
  rolloutIdEqualFold?: string | null | undefined;
  /** rolloutId is more than this. */
  rolloutIdGT?: string | null | undefined;
  /** rolloutId is this or more. */
  rolloutIdGTE?: string | null | undefined;
  /** rolloutId starts with this. */
  rolloutIdHasPrefix?: string | null | undefined;
  /** rolloutId ends with this. */
  rolloutIdHasSuffix?: string | null | undefined;
  /** rolloutId is one of these. */
  rolloutIdIn?: Array<string> | null | undefined;
  /** rolloutId is null. */
  rolloutIdIsNil?: boolean | null | undefined;
  /** rolloutId is less than this. */
  rolloutIdLT?: string | null | undefined;
  /** rolloutId is this or less. */
  rolloutIdLTE?: string | null | undefined;
  /** rolloutId is not this. */
  rolloutIdNEQ?: string | null | undefined;
  /** rolloutId is none of these. */
  rolloutIdNotIn?: Array<string> | null | undefined;
  /** rolloutId is not null. */
  rolloutIdNotNil?: boolean | null | undefined;
  /** routeReason is this. */
  routeReason?: string | null | undefined;
  /** routeReason contains this. */
  routeReasonContains?: string | null | undefined;
  /** routeReason contains this, in upper or lower case. */
  routeReasonContainsFold?: string | null | undefined;
  /** routeReason is this, in upper or lower case. */
  routeReasonEqualFold?: string | null | undefined;
  /** routeReason is more than this. */
  routeReasonGT?: string | null | undefined;
  /** routeReason is this or more. */
  routeReasonGTE?: string | null | undefined;
  /** routeReason starts with this. */
  routeReasonHasPrefix?: string | null | undefined;
  /** routeReason ends with this. */
  routeReasonHasSuffix?: string | null | undefined;
  /** routeReason is one of these. */
  routeReasonIn?: Array<string> | null | undefined;
  /** routeReason is less than this. */
  routeReasonLT?: string | null | undefined;
  /** routeReason is this or less. */
  routeReasonLTE?: string | null | undefined;
  /** routeReason is not this. */
  routeReasonNEQ?: string | null | undefined;
  /** routeReason is none of these. */
  routeReasonNotIn?: Array<string> | null | undefined;
  /** routeRef is this. */
  routeRef?: string | null | undefined;
  /** routeRef contains this. */
  routeRefContains?: string | null | undefined;
  /** routeRef contains this, in upper or lower case. */
  routeRefContainsFold?: string | null | undefined;
  /** routeRef is this, in upper or lower case. */
  routeRefEqualFold?: string | null | undefined;
  /** routeRef is more than this. */
  routeRefGT?: string | null | undefined;
  /** routeRef is this or more. */
  routeRefGTE?: string | null | undefined;
  /** routeRef starts with this. */
  routeRefHasPrefix?: string | null | undefined;
  /** routeRef ends with this. */
  routeRefHasSuffix?: string | null | undefined;
  /** routeRef is one of these. */
  routeRefIn?: Array<string> | null | undefined;
  /** routeRef is less than this. */
  routeRefLT?: string | null | undefined;
  /** routeRef is this or less. */
  routeRefLTE?: string | null | undefined;
  /** routeRef is not this. */
  routeRefNEQ?: string | null | undefined;
  /** routeRef is none of these. */
  routeRefNotIn?: Array<string> | null | undefined;
  /** rowErrors is this. */
  rowErrors?: number | null | undefined;
  /** rowErrors is more than this. */
  rowErrorsGT?: number | null | undefined;
  /** rowErrors is this or more. */
  rowErrorsGTE?: number | null | undefined;
  /** rowErrors is one of these. */
  rowErrorsIn?: Array<number> | null | undefined;
  /** rowErrors is less than this. */
  rowErrorsLT?: number | null | undefined;
  /** rowErrors is this or less. */
  rowErrorsLTE?: number | null | undefined;
  /** rowErrors is not this. */
  rowErrorsNEQ?: number | null | undefined;
  /** rowErrors is none of these. */
  rowErrorsNotIn?: Array<number> | null | undefined;
  /** rows is this. */
  rows?: number | null | undefined;
  /** rows is more than this. */
  rowsGT?: number | null | undefined;
  /** rows is this or more. */
  rowsGTE?: number | null | undefined;
  /** rows is one of these. */
  rowsIn?: Array<number> | null | undefined;
  /** rows is less than this. */
  rowsLT?: number | null | undefined;
  /** rows is this or less. */
  rowsLTE?: number | null | undefined;
  /** rows is not this. */
  rowsNEQ?: number | null | undefined;
  /** rows is none of these. */
  rowsNotIn?: Array<number> | null | undefined;
  /** subject is this. */
  subject?: string | null | undefined;
  /** subject contains this. */
  subjectContains?: string | null | undefined;
  /** subject contains this, in upper or lower case. */
  subjectContainsFold?: string | null | undefined;
  /** subject is this, in upper or lower case. */
  subjectEqualFold?: string | null | undefined;
  /** subject is more than this. */
  subjectGT?: string | null | undefined;
  /** subject is this or more. */
  subjectGTE?: string | null | undefined;
  /** subject starts with this. */
  subjectHasPrefix?: string | null | undefined;
  /** subject ends with this. */
  subjectHasSuffix?: string | null | undefined;
  /** subject is one of these. */
  subjectIn?: Array<string> | null | undefined;
  /** subject is null. */
  subjectIsNil?: boolean | null | undefined;
  /** subject is less than this. */
  subjectLT?: string | null | undefined;
  /** subject is this or less. */
  subjectLTE?: string | null | undefined;
  /** subject is not this. */
  subjectNEQ?: string | null | undefined;
  /** subject is none of these. */
  subjectNotIn?: Array<string> | null | undefined;
  /** subject is not null. */
  subjectNotNil?: boolean | null | undefined;
  /** totalMs is this. */
  totalMs?: number | null | undefined;
  /** totalMs is more than this. */
  totalMsGT?: number | null | undefined;
  /** totalMs is this or more. */
  totalMsGTE?: number | null | undefined;
  /** totalMs is one of these. */
  totalMsIn?: Array<number> | null | undefined;
  /** totalMs is less than this. */
  totalMsLT?: number | null | undefined;
  /** totalMs is this or less. */
  totalMsLTE?: number | null | undefined;
  /** totalMs is not this. */
  totalMsNEQ?: number | null | undefined;
  /** totalMs is none of these. */
  totalMsNotIn?: Array<number> | null | undefined;
  /** versionId is this. */
  versionId?: string | null | undefined;
  /** versionId contains this. */
  versionIdContains?: string | null | undefined;
  /** versionId contains this, in upper or lower case. */
  versionIdContainsFold?: string | null | undefined;
  /** versionId is this, in upper or lower case. */
  versionIdEqualFold?: string | null | undefined;
  /** versionId is more than this. */
  versionIdGT?: string | null | undefined;
  /** versionId is this or more. */
  versionIdGTE?: string | null | undefined;
  /** versionId starts with this. */
  versionIdHasPrefix?: string | null | undefined;
  /** versionId ends with this. */
  versionIdHasSuffix?: string | null | undefined;
  /** versionId is one of these. */
  versionIdIn?: Array<string> | null | undefined;
  /** versionId is less than this. */
  versionIdLT?: string | null | undefined;
  /** versionId is this or less. */
  versionIdLTE?: string | null | undefined;
  /** versionId is not this. */
  versionIdNEQ?: string | null | undefined;
  /** versionId is none of these. */
  versionIdNotIn?: Array<string> | null | undefined;
};

/** What was decided or done about a rollout. */
export type RolloutAct =
  /** A person ended it in favour of the baseline. */
  | 'ABORTED'
  /** The next step began. */
  | 'ADVANCED'
  /** A person began the next step. */
  | 'APPROVED'
  /** It reached its end. */
  | 'COMPLETED'
  /** Shares stay as they are until a person acts; gates can still roll it back. */
  | 'PAUSED'
  /** A person ended it in favour of an arm. */
  | 'PROMOTED'
  /** A person let it go on. */
  | 'RESUMED'
  /** It ended, and the baseline answers. */
  | 'ROLLED_BACK'
  /** It began. */
  | 'STARTED'
  /** The gates answered otherwise than before, and it went on as it was. */
  | 'VERDICT';

/** A version that is to take part in a rollout. */
export type RolloutCandidateInput = {
  /** What it is called in figures and routes; candidate when left out. */
  name?: string | null | undefined;
  /** The version, an alias, or latest. */
  version: string;
  /** Its share of an experiment in percent. */
  weight?: number | null | undefined;
};

/** A filter: all conditions given must hold. */
export type RolloutEventWhereInput = {
  /** act is this. */
  act?: RolloutAct | null | undefined;
  /** act is one of these. */
  actIn?: Array<RolloutAct> | null | undefined;
  /** act is not this. */
  actNEQ?: RolloutAct | null | undefined;
  /** act is none of these. */
  actNotIn?: Array<RolloutAct> | null | undefined;
  /** All of these must hold. */
  and?: Array<RolloutEventWhereInput> | null | undefined;
  /** createdAt is this. */
  createdAt?: string | null | undefined;
  /** createdAt is more than this. */
  createdAtGT?: string | null | undefined;
  /** createdAt is this or more. */
  createdAtGTE?: string | null | undefined;
  /** createdAt is one of these. */
  createdAtIn?: Array<string> | null | undefined;
  /** createdAt is less than this. */
  createdAtLT?: string | null | undefined;
  /** createdAt is this or less. */
  createdAtLTE?: string | null | undefined;
  /** createdAt is not this. */
  createdAtNEQ?: string | null | undefined;
  /** createdAt is none of these. */
  createdAtNotIn?: Array<string> | null | undefined;
  /** rollout has one. */
  hasRollout?: boolean | null | undefined;
  /** rollout has one for which all of these hold. */
  hasRolloutWith?: Array<RolloutWhereInput> | null | undefined;
  /** id is this. */
  id?: string | null | undefined;
  /** id contains this, in upper or lower case. */
  idContainsFold?: string | null | undefined;
  /** id is this, in upper or lower case. */
  idEqualFold?: string | null | undefined;
  /** id is more than this. */
  idGT?: string | null | undefined;
  /** id is this or more. */
  idGTE?: string | null | undefined;
  /** id is one of these. */
  idIn?: Array<string> | null | undefined;
  /** id is less than this. */
  idLT?: string | null | undefined;
  /** id is this or less. */
  idLTE?: string | null | undefined;
  /** id is not this. */
  idNEQ?: string | null | undefined;
  /** id is none of these. */
  idNotIn?: Array<string> | null | undefined;
  /** This must not hold. */
  not?: RolloutEventWhereInput | null | undefined;
  /** One of these must hold. */
  or?: Array<RolloutEventWhereInput> | null | undefined;
  /** principal is this. */
  principal?: string | null | undefined;
  /** principal contains this. */
  principalContains?: string | null | undefined;
  /** principal contains this, in upper or lower case. */
  principalContainsFold?: string | null | undefined;
  /** principal is this, in upper or lower case. */
  principalEqualFold?: string | null | undefined;
  /** principal is more than this. */
  principalGT?: string | null | undefined;
  /** principal is this or more. */
  principalGTE?: string | null | undefined;
  /** principal starts with this. */
  principalHasPrefix?: string | null | undefined;
  /** principal ends with this. */
  principalHasSuffix?: string | null | undefined;
  /** principal is one of these. */
  principalIn?: Array<string> | null | undefined;
  /** principal is less than this. */
  principalLT?: string | null | undefined;
  /** principal is this or less. */
  principalLTE?: string | null | undefined;
  /** principal is not this. */
  principalNEQ?: string | null | undefined;
  /** principal is none of these. */
  principalNotIn?: Array<string> | null | undefined;
  /** status is this. */
  status?: RolloutStatus | null | undefined;
  /** status is one of these. */
  statusIn?: Array<RolloutStatus> | null | undefined;
  /** status is not this. */
  statusNEQ?: RolloutStatus | null | undefined;
  /** status is none of these. */
  statusNotIn?: Array<RolloutStatus> | null | undefined;
  /** step is this. */
  step?: number | null | undefined;
  /** step is more than this. */
  stepGT?: number | null | undefined;
  /** step is this or more. */
  stepGTE?: number | null | undefined;
  /** step is one of these. */
  stepIn?: Array<number> | null | undefined;
  /** step is less than this. */
  stepLT?: number | null | undefined;
  /** step is this or less. */
  stepLTE?: number | null | undefined;
  /** step is not this. */
  stepNEQ?: number | null | undefined;
  /** step is none of these. */
  stepNotIn?: Array<number> | null | undefined;
  /** why is this. */
  why?: string | null | undefined;
  /** why contains this. */
  whyContains?: string | null | undefined;
  /** why contains this, in upper or lower case. */
  whyContainsFold?: string | null | undefined;
  /** why is this, in upper or lower case. */
  whyEqualFold?: string | null | undefined;
  /** why is more than this. */
  whyGT?: string | null | undefined;
  /** why is this or more. */
  whyGTE?: string | null | undefined;
  /** why starts with this. */
  whyHasPrefix?: string | null | undefined;
  /** why ends with this. */
  whyHasSuffix?: string | null | undefined;
  /** why is one of these. */
  whyIn?: Array<string> | null | undefined;
  /** why is less than this. */
  whyLT?: string | null | undefined;
  /** why is this or less. */
  whyLTE?: string | null | undefined;
  /** why is not this. */
  whyNEQ?: string | null | undefined;
  /** why is none of these. */
  whyNotIn?: Array<string> | null | undefined;
};

/** A condition on the serving figures of an arm. */
export type RolloutGateInput = {
  /** Which side of the limit is right; only an outcome must say. */
  bound?: Bound | null | undefined;
  /** Whether the arm's figure is held against the limit by itself (the default), or against the baseline's. */
  compare?: Comparison | null | undefined;
  /** The level of the confidence interval that must be on the wrong side too before it fails, 0.95 when left out; -1 lets the figure alone decide. */
  confidence?: number | null | undefined;
  /** The limit: a share from 0 to 1, milliseconds, the outcome's own unit, or a plain ratio. */
  limit: number;
  /** What it looks at. */
  measure: Measure;
  /** How many requests each arm that is looked at must have; 100 when left out, 200 for P95 and 1000 for P99. */
  minRequests?: number | null | undefined;
  /** The name of the outcome when measure is OUTCOME. */
  outcome?: string | null | undefined;
};

/** What a rollout is for. */
export type RolloutKind =
  /** The candidate takes more and more of the traffic, and becomes live at the end. */
  | 'CANARY'
  /** Arms keep fixed shares while they are compared; a person decides. */
  | 'EXPERIMENT'
  /** The baseline answers; the candidate gets copies, and nobody sees its answers. */
  | 'SHADOW';

/** What is decided about a rollout. */
export type RolloutMove =
  /** The next step begins. */
  | 'ADVANCE'
  /** It has reached its end. */
  | 'COMPLETE'
  /** It stays as it is. */
  | 'HOLD'
  /** A person is needed. */
  | 'PAUSE'
  /** All traffic goes back to the baseline at once. */
  | 'ROLL_BACK';

/** Which arm of which rollout becomes live. */
export type RolloutPromoteInput = {
  /** The name of the arm; the only candidate when left out. */
  arm?: string | null | undefined;
  /** The rollout's id. */
  id: string;
  /** Refuse the change (ABORTED) when the rollout has another revision by now. */
  ifRevision?: number | null | undefined;
  /** Why, for the history. */
  reason?: string | null | undefined;
};

/** Which rollout. */
export type RolloutRefInput = {
  /** The rollout's id. */
  id: string;
  /** Refuse the change (ABORTED) when the rollout has another revision by now. */
  ifRevision?: number | null | undefined;
  /** Why, for the history. */
  reason?: string | null | undefined;
};

/** A new rollout. What is left out has the default of its kind: a canary goes from 10 over 50 to 100 percent, and is rolled back when its error rate is more than a percentage point above the baseline's, beyond chance. */
export type RolloutStartInput = {
  /** The baseline's share of an experiment in percent; all shares are equal when all are left out. */
  baselineWeight?: number | null | undefined;
  /** The other versions; only an experiment has more than one. */
  candidates: Array<RolloutCandidateInput>;
  /** What is asked at every step; an empty list asks nothing. */
  gates?: Array<RolloutGateInput> | null | undefined;
  /** How long a step waits, beyond its duration, for the requests that its gates need. */
  grace?: string | null | undefined;
  /** What it is for. */
  kind?: RolloutKind;
  /** The name of the model, whose live version is the baseline. */
  model: string;
  /** What happens when a step has too few requests even then: HOLD, PAUSE, ADVANCE or ROLL_BACK. */
  quiet?: RolloutMove | null | undefined;
  /** Why, for the history. */
  reason?: string | null | undefined;
  /** The steps, in order. */
  steps?: Array<RolloutStepInput> | null | undefined;
  /** Who stays with an arm. */
  subject?: SubjectSource | null | undefined;
  /** How far apart two numbers of a shadow's answers may be and still agree, as a share of the larger one; 0.01 when left out. */
  tolerance?: number | null | undefined;
};

/** Whether a rollout goes on. */
export type RolloutStatus =
  /** It reached its end. */
  | 'COMPLETED'
  /** Shares stay as they are until a person acts; gates can still roll it back. */
  | 'PAUSED'
  /** It ended, and the baseline answers. */
  | 'ROLLED_BACK'
  /** Time and gates move it. */
  | 'RUNNING';

/** One stretch of a rollout. */
export type RolloutStepInput = {
  /** Whether it then waits until a person approves. */
  approval?: boolean | null | undefined;
  /** How long it lasts at least. */
  duration?: string | null | undefined;
  /** The candidate's share in percent, and of a shadow the share of requests that are copied. */
  weight: number;
};

/** A filter: all conditions given must hold. */
export type RolloutWhereInput = {
  /** All of these must hold. */
  and?: Array<RolloutWhereInput> | null | undefined;
  /** createdAt is this. */
  createdAt?: string | null | undefined;
  /** createdAt is more than this. */
  createdAtGT?: string | null | undefined;
  /** createdAt is this or more. */
  createdAtGTE?: string | null | undefined;
  /** createdAt is one of these. */
  createdAtIn?: Array<string> | null | undefined;
  /** createdAt is less than this. */
  createdAtLT?: string | null | undefined;
  /** createdAt is this or less. */
  createdAtLTE?: string | null | undefined;
  /** createdAt is not this. */
  createdAtNEQ?: string | null | undefined;
  /** createdAt is none of these. */
  createdAtNotIn?: Array<string> | null | undefined;
  /** decidedAt is this. */
  decidedAt?: string | null | undefined;
  /** decidedAt is more than this. */
  decidedAtGT?: string | null | undefined;
  /** decidedAt is this or more. */
  decidedAtGTE?: string | null | undefined;
  /** decidedAt is one of these. */
  decidedAtIn?: Array<string> | null | undefined;
  /** decidedAt is null. */
  decidedAtIsNil?: boolean | null | undefined;
  /** decidedAt is less than this. */
  decidedAtLT?: string | null | undefined;
  /** decidedAt is this or less. */
  decidedAtLTE?: string | null | undefined;
  /** decidedAt is not this. */
  decidedAtNEQ?: string | null | undefined;
  /** decidedAt is none of these. */
  decidedAtNotIn?: Array<string> | null | undefined;
  /** decidedAt is not null. */
  decidedAtNotNil?: boolean | null | undefined;
  /** endedAt is this. */
  endedAt?: string | null | undefined;
  /** endedAt is more than this. */
  endedAtGT?: string | null | undefined;
  /** endedAt is this or more. */
  endedAtGTE?: string | null | undefined;
  /** endedAt is one of these. */
  endedAtIn?: Array<string> | null | undefined;
  /** endedAt is null. */
  endedAtIsNil?: boolean | null | undefined;
  /** endedAt is less than this. */
  endedAtLT?: string | null | undefined;
  /** endedAt is this or less. */
  endedAtLTE?: string | null | undefined;
  /** endedAt is not this. */
  endedAtNEQ?: string | null | undefined;
  /** endedAt is none of these. */
  endedAtNotIn?: Array<string> | null | undefined;
  /** endedAt is not null. */
  endedAtNotNil?: boolean | null | undefined;
  /** events has one. */
  hasEvents?: boolean | null | undefined;
  /** events has one for which all of these hold. */
  hasEventsWith?: Array<RolloutEventWhereInput> | null | undefined;
  /** model has one. */
  hasModel?: boolean | null | undefined;
  /** model has one for which all of these hold. */
  hasModelWith?: Array<ModelWhereInput> | null | undefined;
  /** id is this. */
  id?: string | null | undefined;
  /** id contains this, in upper or lower case. */
  idContainsFold?: string | null | undefined;
  /** id is this, in upper or lower case. */
  idEqualFold?: string | null | undefined;
  /** id is more than this. */
  idGT?: string | null | undefined;
  /** id is this or more. */
  idGTE?: string | null | undefined;
  /** id is one of these. */
  idIn?: Array<string> | null | undefined;
  /** id is less than this. */
  idLT?: string | null | undefined;
  /** id is this or less. */
  idLTE?: string | null | undefined;
  /** id is not this. */
  idNEQ?: string | null | undefined;
  /** id is none of these. */
  idNotIn?: Array<string> | null | undefined;
  /** kind is this. */
  kind?: RolloutKind | null | undefined;
  /** kind is one of these. */
  kindIn?: Array<RolloutKind> | null | undefined;
  /** kind is not this. */
  kindNEQ?: RolloutKind | null | undefined;
  /** kind is none of these. */
  kindNotIn?: Array<RolloutKind> | null | undefined;
  /** This must not hold. */
  not?: RolloutWhereInput | null | undefined;
  /** One of these must hold. */
  or?: Array<RolloutWhereInput> | null | undefined;
  /** pause is this. */
  pause?: PauseReason | null | undefined;
  /** pause is one of these. */
  pauseIn?: Array<PauseReason> | null | undefined;
  /** pause is null. */
  pauseIsNil?: boolean | null | undefined;
  /** pause is not this. */
  pauseNEQ?: PauseReason | null | undefined;
  /** pause is none of these. */
  pauseNotIn?: Array<PauseReason> | null | undefined;
  /** pause is not null. */
  pauseNotNil?: boolean | null | undefined;
  /** principal is this. */
  principal?: string | null | undefined;
  /** principal contains this. */
  principalContains?: string | null | undefined;
  /** principal contains this, in upper or lower case. */
  principalContainsFold?: string | null | undefined;
  /** principal is this, in upper or lower case. */
  principalEqualFold?: string | null | undefined;
  /** principal is more than this. */
  principalGT?: string | null | undefined;
  /** principal is this or more. */
  principalGTE?: string | null | undefined;
  /** principal starts with this. */
  principalHasPrefix?: string | null | undefined;
  /** principal ends with this. */
  principalHasSuffix?: string | null | undefined;
  /** principal is one of these. */
  principalIn?: Array<string> | null | undefined;
  /** principal is less than this. */
  principalLT?: string | null | undefined;
  /** principal is this or less. */
  principalLTE?: string | null | undefined;
  /** principal is not this. */
  principalNEQ?: string | null | undefined;
  /** principal is none of these. */
  principalNotIn?: Array<string> | null | undefined;
  /** promoted is this. */
  promoted?: string | null | undefined;
  /** promoted contains this. */
  promotedContains?: string | null | undefined;
  /** promoted contains this, in upper or lower case. */
  promotedContainsFold?: string | null | undefined;
  /** promoted is this, in upper or lower case. */
  promotedEqualFold?: string | null | undefined;
  /** promoted is more than this. */
  promotedGT?: string | null | undefined;
  /** promoted is this or more. */
  promotedGTE?: string | null | undefined;
  /** promoted starts with this. */
  promotedHasPrefix?: string | null | undefined;
  /** promoted ends with this. */
  promotedHasSuffix?: string | null | undefined;
  /** promoted is one of these. */
  promotedIn?: Array<string> | null | undefined;
  /** promoted is less than this. */
  promotedLT?: string | null | undefined;
  /** promoted is this or less. */
  promotedLTE?: string | null | undefined;
  /** promoted is not this. */
  promotedNEQ?: string | null | undefined;
  /** promoted is none of these. */
  promotedNotIn?: Array<string> | null | undefined;
  /** reason is this. */
  reason?: string | null | undefined;
  /** reason contains this. */
  reasonContains?: string | null | undefined;
  /** reason contains this, in upper or lower case. */
  reasonContainsFold?: string | null | undefined;
  /** reason is this, in upper or lower case. */
  reasonEqualFold?: string | null | undefined;
  /** reason is more than this. */
  reasonGT?: string | null | undefined;
  /** reason is this or more. */
  reasonGTE?: string | null | undefined;
  /** reason starts with this. */
  reasonHasPrefix?: string | null | undefined;
  /** reason ends with this. */
  reasonHasSuffix?: string | null | undefined;
  /** reason is one of these. */
  reasonIn?: Array<string> | null | undefined;
  /** reason is less than this. */
  reasonLT?: string | null | undefined;
  /** reason is this or less. */
  reasonLTE?: string | null | undefined;
  /** reason is not this. */
  reasonNEQ?: string | null | undefined;
  /** reason is none of these. */
  reasonNotIn?: Array<string> | null | undefined;
  /** revision is this. */
  revision?: number | null | undefined;
  /** revision is more than this. */
  revisionGT?: number | null | undefined;
  /** revision is this or more. */
  revisionGTE?: number | null | undefined;
  /** revision is one of these. */
  revisionIn?: Array<number> | null | undefined;
  /** revision is less than this. */
  revisionLT?: number | null | undefined;
  /** revision is this or less. */
  revisionLTE?: number | null | undefined;
  /** revision is not this. */
  revisionNEQ?: number | null | undefined;
  /** revision is none of these. */
  revisionNotIn?: Array<number> | null | undefined;
  /** since is this. */
  since?: string | null | undefined;
  /** since is more than this. */
  sinceGT?: string | null | undefined;
  /** since is this or more. */
  sinceGTE?: string | null | undefined;
  /** since is one of these. */
  sinceIn?: Array<string> | null | undefined;
  /** since is less than this. */
  sinceLT?: string | null | undefined;
  /** since is this or less. */
  sinceLTE?: string | null | undefined;
  /** since is not this. */
  sinceNEQ?: string | null | undefined;
  /** since is none of these. */
  sinceNotIn?: Array<string> | null | undefined;
  /** status is this. */
  status?: RolloutStatus | null | undefined;
  /** status is one of these. */
  statusIn?: Array<RolloutStatus> | null | undefined;
  /** status is not this. */
  statusNEQ?: RolloutStatus | null | undefined;
  /** status is none of these. */
  statusNotIn?: Array<RolloutStatus> | null | undefined;
  /** step is this. */
  step?: number | null | undefined;
  /** step is more than this. */
  stepGT?: number | null | undefined;
  /** step is this or more. */
  stepGTE?: number | null | undefined;
  /** step is one of these. */
  stepIn?: Array<number> | null | undefined;
  /** step is less than this. */
  stepLT?: number | null | undefined;
  /** step is this or less. */
  stepLTE?: number | null | undefined;
  /** step is not this. */
  stepNEQ?: number | null | undefined;
  /** step is none of these. */
  stepNotIn?: Array<number> | null | undefined;
  /** updatedAt is this. */
  updatedAt?: string | null | undefined;
  /** updatedAt is more than this. */
  updatedAtGT?: string | null | undefined;
  /** updatedAt is this or more. */
  updatedAtGTE?: string | null | undefined;
  /** updatedAt is one of these. */
  updatedAtIn?: Array<string> | null | undefined;
  /** updatedAt is less than this. */
  updatedAtLT?: string | null | undefined;
  /** updatedAt is this or less. */
  updatedAtLTE?: string | null | undefined;
  /** updatedAt is not this. */
  updatedAtNEQ?: string | null | undefined;
  /** updatedAt is none of these. */
  updatedAtNotIn?: Array<string> | null | undefined;
  /** why is this. */
  why?: string | null | undefined;
  /** why contains this. */
  whyContains?: string | null | undefined;
  /** why contains this, in upper or lower case. */
  whyContainsFold?: string | null | undefined;
  /** why is this, in upper or lower case. */
  whyEqualFold?: string | null | undefined;
  /** why is more than this. */
  whyGT?: string | null | undefined;
  /** why is this or more. */
  whyGTE?: string | null | undefined;
  /** why starts with this. */
  whyHasPrefix?: string | null | undefined;
  /** why ends with this. */
  whyHasSuffix?: string | null | undefined;
  /** why is one of these. */
  whyIn?: Array<string> | null | undefined;
  /** why is less than this. */
  whyLT?: string | null | undefined;
  /** why is this or less. */
  whyLTE?: string | null | undefined;
  /** why is not this. */
  whyNEQ?: string | null | undefined;
  /** why is none of these. */
  whyNotIn?: Array<string> | null | undefined;
};

/** Why a version answered. */
export type RouteReason =
  /** An alias was asked for. */
  | 'ALIAS'
  /** It was asked for by its version. */
  | 'EXPLICIT'
  /** The version that should have answered is left alone, since its circuit breaker is open or it could not be loaded; the one it falls back to answered. */
  | 'FALLBACK'
  /** Nothing was asked for, so the live version answered. */
  | 'LIVE'
  /** Nothing was asked for, and a rollout chose among its arms. */
  | 'ROLLOUT';

/** What a principal may do. ADMIN includes every other; WRITE, PREDICT and ROLLOUT include READ. Keys and tokens write registry:read, registry:write, predict, rollout and admin. */
export type Scope =
  /** Everything, keys and the audit trail included. */
  | 'ADMIN'
  /** Ask for predictions, record their outcomes, and see the inputs, answers and outcomes in the log. */
  | 'PREDICT'
  /** Needs no principal. */
  | 'PUBLIC'
  /** See models, versions, metrics, serving figures and the log of predictions without inputs, answers and outcomes. */
  | 'READ'
  /** Move traffic between versions: start, steer and end rollouts. */
  | 'ROLLOUT'
  /** Change the registry. */
  | 'WRITE';

/** Who a request is for, so that the same one stays with an arm. */
export type SubjectSource =
  /** Nobody stays; each request is drawn anew. */
  | 'NONE'
  /** The principal who calls. */
  | 'PRINCIPAL'
  /** The subject of the request: that of the input, else the header X-User-ID, unless the configuration says otherwise. */
  | 'REQUEST';

/** A tag to set. */
export type TagInput = {
  /** The key, unique on what it tags. */
  key: string;
  /** The value. */
  value?: string;
};

/** A filter: all conditions given must hold. */
export type TagWhereInput = {
  /** All of these must hold. */
  and?: Array<TagWhereInput> | null | undefined;
  /** model has one. */
  hasModel?: boolean | null | undefined;
  /** model has one for which all of these hold. */
  hasModelWith?: Array<ModelWhereInput> | null | undefined;
  /** version has one. */
  hasVersion?: boolean | null | undefined;
  /** version has one for which all of these hold. */
  hasVersionWith?: Array<ModelVersionWhereInput> | null | undefined;
  /** id is this. */
  id?: string | null | undefined;
  /** id contains this, in upper or lower case. */
  idContainsFold?: string | null | undefined;
  /** id is this, in upper or lower case. */
  idEqualFold?: string | null | undefined;
  /** id is more than this. */
  idGT?: string | null | undefined;
  /** id is this or more. */
  idGTE?: string | null | undefined;
  /** id is one of these. */
  idIn?: Array<string> | null | undefined;
  /** id is less than this. */
  idLT?: string | null | undefined;
  /** id is this or less. */
  idLTE?: string | null | undefined;
  /** id is not this. */
  idNEQ?: string | null | undefined;
  /** id is none of these. */
  idNotIn?: Array<string> | null | undefined;
  /** key is this. */
  key?: string | null | undefined;
  /** key contains this. */
  keyContains?: string | null | undefined;
  /** key contains this, in upper or lower case. */
  keyContainsFold?: string | null | undefined;
  /** key is this, in upper or lower case. */
  keyEqualFold?: string | null | undefined;
  /** key is more than this. */
  keyGT?: string | null | undefined;
  /** key is this or more. */
  keyGTE?: string | null | undefined;
  /** key starts with this. */
  keyHasPrefix?: string | null | undefined;
  /** key ends with this. */
  keyHasSuffix?: string | null | undefined;
  /** key is one of these. */
  keyIn?: Array<string> | null | undefined;
  /** key is less than this. */
  keyLT?: string | null | undefined;
  /** key is this or less. */
  keyLTE?: string | null | undefined;
  /** key is not this. */
  keyNEQ?: string | null | undefined;
  /** key is none of these. */
  keyNotIn?: Array<string> | null | undefined;
  /** This must not hold. */
  not?: TagWhereInput | null | undefined;
  /** One of these must hold. */
  or?: Array<TagWhereInput> | null | undefined;
  /** value is this. */
  value?: string | null | undefined;
  /** value contains this. */
  valueContains?: string | null | undefined;
  /** value contains this, in upper or lower case. */
  valueContainsFold?: string | null | undefined;
  /** value is this, in upper or lower case. */
  valueEqualFold?: string | null | undefined;
  /** value is more than this. */
  valueGT?: string | null | undefined;
  /** value is this or more. */
  valueGTE?: string | null | undefined;
  /** value starts with this. */
  valueHasPrefix?: string | null | undefined;
  /** value ends with this. */
  valueHasSuffix?: string | null | undefined;
  /** value is one of these. */
  valueIn?: Array<string> | null | undefined;
  /** value is less than this. */
  valueLT?: string | null | undefined;
  /** value is this or less. */
  valueLTE?: string | null | undefined;
  /** value is not this. */
  valueNEQ?: string | null | undefined;
  /** value is none of these. */
  valueNotIn?: Array<string> | null | undefined;
};

/** How the elements of a tensor are written. */
export type TensorEncoding =
  /** The little-endian bytes in base64; strings stay a JSON array. */
  | 'BASE64'
  /** A flat JSON array. */
  | 'JSON';

/** One exact input of a model: a tensor (dtype, shape and data), a sequence or a map. */
export type TensorInput = {
  /** The elements of a tensor. */
  data?: unknown;
  /** The element type of a tensor. */
  dtype?: DType | null | undefined;
  /** The entries of a map; for an input that is one. */
  map?: TensorMapInput | null | undefined;
  /** The input's name in the model. */
  name: string;
  /** The tensors of a sequence, in order; for an input that is one. */
  sequence?: Array<TensorItemInput> | null | undefined;
  /** The size of each dimension of a tensor; empty for a scalar. */
  shape?: Array<number> | null | undefined;
};

/** A tensor within a sequence or a map. */
export type TensorItemInput = {
  /** The elements. */
  data: unknown;
  /** The element type. */
  dtype: DType;
  /** The size of each dimension; empty for a scalar. */
  shape: Array<number>;
};

/** The entries of a map: two vectors of one length. */
export type TensorMapInput = {
  /** The keys, INT64 or STRING, each once. */
  keys: TensorItemInput;
  /** The value of each key. */
  values: TensorItemInput;
};

/** What kind of mistake an input had. The names are those of google.rpc.Code. */
export type UserErrorCode =
  /** Somebody else changed it meanwhile: read it again, and retry. */
  | 'ABORTED'
  /** A name that must be unique is taken. */
  | 'ALREADY_EXISTS'
  /** The deadline passed. */
  | 'DEADLINE_EXCEEDED'
  /** The state refuses it, and a retry will not help. */
  | 'FAILED_PRECONDITION'
  /** The server's fault; its log says more under the request's id. */
  | 'INTERNAL'
  /** The input is wrong by itself. */
  | 'INVALID_ARGUMENT'
  /** A named thing does not exist or may not be seen. */
  | 'NOT_FOUND'
  /** A limit or a full queue: retry later. */
  | 'RESOURCE_EXHAUSTED'
  /** A backend cannot be reached now: retry later. */
  | 'UNAVAILABLE'
  /** Understood, and not possible here. */
  | 'UNIMPLEMENTED';

/** Which form a value has. */
export type ValueKind =
  /** Keys and their values. */
  | 'MAP'
  /** A value or none. */
  | 'OPTIONAL'
  /** A list of values. */
  | 'SEQUENCE'
  /** An array of elements of one type. */
  | 'TENSOR';

/** The answer of a gate. */
export type Verdict =
  /** The figure is on the wrong side: the rollout is rolled back. */
  | 'FAIL'
  /** There were too few requests to say so. */
  | 'NOT_ENOUGH'
  /** The figure is on the right side of the limit. */
  | 'PASS'
  /** It could not be measured: a person is needed. */
  | 'UNKNOWN';

/** A new webhook. */
export type WebhookCreateInput = {
  /** What it is for. */
  description?: string | null | undefined;
  /** Which events it gets: names of mutations, in which * stands for any text; all of them when left out. */
  events?: Array<string> | null | undefined;
  /** The events of which models it gets: names, in which * stands for any text; of all of them when left out. */
  models?: Array<string> | null | undefined;
  /** Where events are sent: https, or http. Addresses that are not public are refused unless webhooks.allow names them. */
  url: string;
};

/** What has become of an event for a webhook. */
export type WebhookDeliveryStatus =
  /** The webhook was disabled before it was accepted. */
  | 'CANCELED'
  /** All attempts have failed. */
  | 'FAILED'
  /** It is sent until an attempt succeeds or all have failed. */
  | 'PENDING'
  /** It was accepted. */
  | 'SUCCEEDED';

/** Which delivery to send again. */
export type WebhookRedeliverInput = {
  /** The delivery's id. */
  id: string;
};

/** Which webhook. */
export type WebhookRefInput = {
  /** The webhook's id. */
  id: string;
};

/** What to change of a webhook. Fields left out stay. */
export type WebhookUpdateInput = {
  /** What it is for. */
  description?: string | null | undefined;
  /** Whether events are sent to it. Enabling it forgets its failures. */
  enabled?: boolean | null | undefined;
  /** Which events it gets; all of them when empty. */
  events?: Array<string> | null | undefined;
  /** Which webhook. */
  id: string;
  /** Refuse the change (ABORTED) when the webhook has another revision by now. */
  ifRevision?: number | null | undefined;
  /** The events of which models it gets; of all of them when empty. */
  models?: Array<string> | null | undefined;
  /** Make a new secret. The one before signs along for 24 hours. */
  newSecret?: boolean;
  /** Where events are sent. */
  url?: string | null | undefined;
};

export type ModelsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  where?: ModelWhereInput | null | undefined;
  orderBy?: Array<ModelOrder> | ModelOrder | null | undefined;
  from: string;
}>;


export type ModelsQuery = { models: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, name: string, description: string, owner: string | null, updatedAt: string, tags: Array<{ id: string, key: string, value: string }>, versions: { totalCount: number }, liveVersion: { id: string, version: string, createdAt: string, metrics: Array<{ id: string, name: string, last: number | string }> } | null, rollout: { id: string, kind: RolloutKind, status: RolloutStatus } | null, serving: { requests: string, requestsPerSecond: number, errorRate: number | null, p95Ms: number | null } | null, servingSeries: { requests: Array<number | null> } | null }> } };

export type RankingQueryVariables = Exact<{
  name: string;
  first: number;
  after?: string | null | undefined;
  orderBy: MetricSummaryOrder;
}>;


export type RankingQuery = { metricRanking: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, last: number | string, min: number | string | null, max: number | string | null, count: string, lastAt: string, version: { id: string, version: string, model: { id: string, name: string } } }> } };

export type ModelQueryVariables = Exact<{
  name: string;
  from: string;
}>;


export type ModelQuery = { model: { id: string, name: string, description: string, owner: string | null, createdAt: string, updatedAt: string, archivedAt: string | null, revision: number, tags: Array<{ id: string, key: string, value: string }>, aliases: Array<{ id: string, name: string, revision: number, version: { id: string, version: string } }>, liveVersion: { id: string, version: string } | null, versions: { totalCount: number, nodes: Array<{ id: string, version: string, ordinal: number, status: ModelVersionStatus, statusMessage: string, createdAt: string, framework: string, aliases: Array<string>, artifact: { id: string, size: string }, metrics: Array<{ id: string, name: string, last: number | string }>, serving: { requests: string, errorRate: number | null, p50Ms: number | null, p95Ms: number | null, p99Ms: number | null } | null }> }, aliasHistory: { totalCount: number, nodes: Array<{ id: string, name: string, principal: string, reason: string, createdAt: string, version: { id: string, version: string } | null, previous: { id: string, version: string } | null }> }, serving: { requests: string, requestsPerSecond: number, errorRate: number | null, p50Ms: number | null, p95Ms: number | null, p99Ms: number | null, cacheHitRate: number | null } | null, servingSeries: { times: Array<number | null>, requests: Array<number | null>, errors: Array<number | null>, p50Ms: Array<number | null>, p95Ms: Array<number | null>, p99Ms: Array<number | null> } | null, rollouts: { nodes: Array<{ id: string, kind: RolloutKind, status: RolloutStatus, why: string, createdAt: string, endedAt: string | null, arms: Array<{ name: string, weight: number, modelVersion: { version: string } | null }> }> }, rollout: { id: string } | null } | null };

export type ModelUpdateMutationVariables = Exact<{
  input: ModelUpdateInput;
}>;


export type ModelUpdateMutation = { modelUpdate: { model: { id: string, revision: number, description: string, owner: string | null, tags: Array<{ id: string, key: string, value: string }> } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: Array<string> | null }> } };

export type ModelArchiveMutationVariables = Exact<{
  input: ModelRefInput;
}>;


export type ModelArchiveMutation = { modelArchive: { model: { id: string, archivedAt: string | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: Array<string> | null }> } };

export type ModelRestoreMutationVariables = Exact<{
  input: ModelRefInput;
}>;


export type ModelRestoreMutation = { modelRestore: { model: { id: string, archivedAt: string | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: Array<string> | null }> } };

export type AliasSetMutationVariables = Exact<{
  input: AliasSetInput;
}>;


export type AliasSetMutation = { aliasSet: { alias: { id: string, name: string, version: { id: string, version: string } } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: Array<string> | null }> } };

export type AliasRemoveMutationVariables = Exact<{
  input: AliasRemoveInput;
}>;


export type AliasRemoveMutation = { aliasRemove: { model: { id: string } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: Array<string> | null }> } };

export type OverviewQueryVariables = Exact<{
  window: string;
  from: string;
}>;


export type OverviewQuery = { server: { version: string, onnxruntimeVersion: string, database: string, startedAt: string }, all: { totalCount: number }, live: { totalCount: number }, idle: { totalCount: number, nodes: Array<{ id: string, name: string }> }, models: { nodes: Array<{ id: string, name: string, description: string, liveVersion: { id: string, version: string, engine: { loaded: boolean, loadError: string | null, breaker: { status: BreakerStatus, lastError: string | null } } | null } | null, serving: { requests: string, requestsPerSecond: number, errorRate: number | null, p50Ms: number | null, p95Ms: number | null, p99Ms: number | null, cacheHitRate: number | null } | null, servingSeries: { requests: Array<number | null> } | null }> }, serving: { requests: string, errors: string, requestsPerSecond: number, errorRate: number | null, p50Ms: number | null, p95Ms: number | null, p99Ms: number | null, cacheHitRate: number | null, meanBatchRows: number | null }, servingSeries: { step: string, times: Array<number | null>, requests: Array<number | null>, errors: Array<number | null>, p50Ms: Array<number | null>, p95Ms: Array<number | null>, p99Ms: Array<number | null>, cacheHits: Array<number | null> }, rollouts: { totalCount: number, nodes: Array<{ id: string, kind: RolloutKind, status: RolloutStatus, why: string, pause: PauseReason | null, model: { name: string }, arms: Array<{ name: string, weight: number, modelVersion: { version: string } | null }> }> }, failed: { nodes: Array<{ id: string, createdAt: string, code: string, error: { message: string } | null, modelVersion: { version: string, model: { name: string } } | null }> } };

export type RegistryChangedSubscriptionVariables = Exact<{
  model?: string | null | undefined;
}>;


export type RegistryChangedSubscription = { registryChanged: { id: string, action: string, model: string } };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { name: string, scopes: Array<Scope> } };

export type PredictionsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  model?: string | null | undefined;
  version?: string | null | undefined;
  where?: PredictionRecordWhereInput | null | undefined;
}>;


export type PredictionsQuery = { predictions: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, createdAt: string, code: string, rows: number, rowErrors: number, subject: string | null, cache: CacheStatus | null, outcomeAt: string | null, timing: { totalMs: number, queueMs: number, runMs: number }, route: { reason: RouteReason, ref: string, arm: string } | null, modelVersion: { id: string, version: string, model: { id: string, name: string } } | null }> } };

export type PredictionOneQueryVariables = Exact<{
  id: string;
}>;


export type PredictionOneQuery = { node:
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { createdAt: string, code: string, rows: number, rowErrors: number, subject: string | null, requestId: string, cache: CacheStatus | null, outcome: unknown, outcomeAt: string | null, inputs: unknown, values: Array<unknown> | null, id: string, error: { code: string, message: string, field: Array<string> | null } | null, timing: { totalMs: number, queueMs: number, runMs: number }, route: { reason: RouteReason, ref: string, rollout: string, arm: string, armReason: ArmReason | null } | null, modelVersion: { id: string, version: string, model: { id: string, name: string } } | null }
    | { id: string }
    | { id: string }
    | { id: string }
   | null };

export type OutcomeRecordMutationVariables = Exact<{
  input: OutcomeRecordInput;
}>;


export type OutcomeRecordMutation = { outcomeRecord: { predictionRecord: { id: string, outcome: unknown, outcomeAt: string | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: Array<string> | null }> } };

export type RolloutQueryVariables = Exact<{
  id: string;
}>;


export type RolloutQuery = { node:
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { kind: RolloutKind, status: RolloutStatus, step: number, since: string, pause: PauseReason | null, promoted: string, why: string, decidedAt: string | null, endedAt: string | null, createdAt: string, revision: number, principal: string, reason: string, id: string, model: { id: string, name: string }, arms: Array<{ name: string, weight: number, modelVersion: { id: string, version: string } | null }>, steps: Array<{ weight: number, duration: string, approval: boolean }>, gates: Array<{ measure: Measure, outcome: string, compare: Comparison, bound: Bound, limit: number, minRequests: string, confidence: number }>, evidence: Array<{ arm: string, verdict: Verdict, why: string, candidate: number | null, baseline: number | null, figure: number | null, low: number | null, high: number | null, candidateCount: string, baselineCount: string, gate: { measure: Measure, outcome: string, compare: Comparison, bound: Bound, limit: number } }>, sampleRatio: { verdict: Verdict, why: string, counts: Array<string>, expected: Array<number>, p: number } | null, events: { nodes: Array<{ id: string, createdAt: string, act: RolloutAct, principal: string, why: string, step: number, status: RolloutStatus }> } }
    | { id: string }
    | { id: string }
   | null };

export type RolloutStartMutationVariables = Exact<{
  input: RolloutStartInput;
}>;


export type RolloutStartMutation = { rolloutStart: { rollout: { id: string, model: { id: string } } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: Array<string> | null }> } };

export type RolloutPauseMutationVariables = Exact<{
  input: RolloutRefInput;
}>;


export type RolloutPauseMutation = { rolloutPause: { rollout: { id: string, status: RolloutStatus } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: Array<string> | null }> } };

export type RolloutResumeMutationVariables = Exact<{
  input: RolloutRefInput;
}>;


export type RolloutResumeMutation = { rolloutResume: { rollout: { id: string, status: RolloutStatus } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: Array<string> | null }> } };

export type RolloutApproveMutationVariables = Exact<{
  input: RolloutRefInput;
}>;


export type RolloutApproveMutation = { rolloutApprove: { rollout: { id: string, status: RolloutStatus } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: Array<string> | null }> } };

export type RolloutPromoteMutationVariables = Exact<{
  input: RolloutPromoteInput;
}>;


export type RolloutPromoteMutation = { rolloutPromote: { rollout: { id: string, status: RolloutStatus } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: Array<string> | null }> } };

export type RolloutAbortMutationVariables = Exact<{
  input: RolloutRefInput;
}>;


export type RolloutAbortMutation = { rolloutAbort: { rollout: { id: string, status: RolloutStatus } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: Array<string> | null }> } };

export type WebhooksQueryVariables = Exact<{ [key: string]: never; }>;


export type WebhooksQuery = { webhooks: { totalCount: number, nodes: Array<{ id: string, url: string, description: string, events: Array<string>, models: Array<string>, enabled: boolean, disabledReason: string, failures: number, lastSuccessAt: string | null, lastFailureAt: string | null, revision: number, deliveries: { nodes: Array<{ id: string, createdAt: string, event: string, model: string, status: WebhookDeliveryStatus, attemptCount: number, nextAttemptAt: string | null, attempts: Array<{ at: string, status: number, error: string, duration: string }> }> } }> } };

export type WebhookCreateMutationVariables = Exact<{
  input: WebhookCreateInput;
}>;


export type WebhookCreateMutation = { webhookCreate: { secret: string | null, webhook: { id: string } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: Array<string> | null }> } };

export type WebhookUpdateMutationVariables = Exact<{
  input: WebhookUpdateInput;
}>;


export type WebhookUpdateMutation = { webhookUpdate: { secret: string | null, webhook: { id: string, enabled: boolean, revision: number } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: Array<string> | null }> } };

export type WebhookDeleteMutationVariables = Exact<{
  input: WebhookRefInput;
}>;


export type WebhookDeleteMutation = { webhookDelete: { deletedId: string | null, userErrors: Array<{ code: UserErrorCode, message: string, field: Array<string> | null }> } };

export type WebhookTestMutationVariables = Exact<{
  input: WebhookRefInput;
}>;


export type WebhookTestMutation = { webhookTest: { delivery: { id: string } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: Array<string> | null }> } };

export type WebhookRedeliverMutationVariables = Exact<{
  input: WebhookRedeliverInput;
}>;


export type WebhookRedeliverMutation = { webhookRedeliver: { delivery: { id: string } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: Array<string> | null }> } };

export type AuditQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  where?: AuditEventWhereInput | null | undefined;
}>;


export type AuditQuery = { auditEvents: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, createdAt: string, principal: string, action: string, subjectId: string, model: string, requestId: string, before: unknown, after: unknown }> } };

export type ServerQueryVariables = Exact<{ [key: string]: never; }>;


export type ServerQuery = { server: { version: string, onnxruntimeVersion: string, database: string, startedAt: string, health: { ready: boolean, missing: Array<string>, failed: Array<string>, backends: Array<{ name: string, up: boolean, required: boolean, problem: string | null }> } }, viewer: { name: string, scopes: Array<Scope> } };

export type KeysQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type KeysQuery = { apiKeys: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, name: string, creator: string, scopes: Array<Scope>, models: Array<string>, createdAt: string, expiresAt: string | null, revokedAt: string | null, lastUsedAt: string | null }> } };

export type KeyCreateMutationVariables = Exact<{
  input: ApiKeyCreateInput;
}>;


export type KeyCreateMutation = { apiKeyCreate: { secret: string | null, apiKey: { id: string } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: Array<string> | null }> } };

export type KeyRevokeMutationVariables = Exact<{
  input: ApiKeyRefInput;
}>;


export type KeyRevokeMutation = { apiKeyRevoke: { apiKey: { id: string, revokedAt: string | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: Array<string> | null }> } };

export type VersionQueryVariables = Exact<{
  model: string;
  version: string;
  from: string;
}>;


export type VersionQuery = { modelVersion: { id: string, version: string, ordinal: number, status: ModelVersionStatus, statusMessage: string, description: string, format: string, framework: string, deterministic: boolean, createdAt: string, archivedAt: string | null, metadata: unknown, aliases: Array<string>, model: { id: string, name: string }, tags: Array<{ id: string, key: string, value: string }>, lineage: { runId: string, gitCommit: string, datasetName: string, datasetDigest: string, author: string }, artifact: { id: string, digest: string, size: string, path: string }, signature: { inputs: Array<{ name: string, kind: ValueKind, type: string, dtype: DType | null, optional: boolean, description: string, shape: Array<{ size: number | null, symbol: string | null }> | null }>, outputs: Array<{ name: string, kind: ValueKind, type: string, dtype: DType | null, classes: Array<string> | null, description: string, shape: Array<{ size: number | null, symbol: string | null }> | null }>, features: Array<{ name: string, input: string, column: number | null, dtype: DType, required: boolean, default: unknown, oneOf: Array<unknown> | null, unit: string, description: string, shape: Array<{ size: number | null, symbol: string | null }>, range: { min: number | string | null, max: number | string | null } | null }> }, metrics: Array<{ id: string, name: string, count: string, last: number | string, min: number | string | null, max: number | string | null, lastStep: string, lastAt: string }>, engine: { loaded: boolean, loadMs: number | null, loadError: string | null, queued: number, running: number, batching: { on: boolean, why: string, maxRows: number, runners: number }, breaker: { status: BreakerStatus, failures: number, lastError: string | null, retryAt: string | null }, cache: { memory: string, shared: string, missed: string, skipped: string } } | null, serving: { requests: string, requestsPerSecond: number, errorRate: number | null, p50Ms: number | null, p95Ms: number | null, p99Ms: number | null, cacheHitRate: number | null, meanBatchRows: number | null, meanQueueMs: number | null, meanRunMs: number | null } | null, servingSeries: { times: Array<number | null>, requests: Array<number | null>, errors: Array<number | null>, p50Ms: Array<number | null>, p95Ms: Array<number | null>, p99Ms: Array<number | null> } | null } | null };

export type VersionsByNameQueryVariables = Exact<{
  model: string;
}>;


export type VersionsByNameQuery = { model: { id: string, versions: { nodes: Array<{ id: string, version: string }> } } | null };

export type PredictMutationVariables = Exact<{
  input: PredictInput;
}>;


export type PredictMutation = { predict: { prediction: { id: string, values: Array<unknown>, rowIndex: Array<number>, cache: CacheStatus, cachedRows: number, createdAt: string, timing: { totalMs: number, queueMs: number, runMs: number }, route: { reason: RouteReason, ref: string, rollout: string, arm: string, armReason: ArmReason | null }, modelVersion: { id: string, version: string } } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: Array<string> | null }> } };

export type SeriesQueryVariables = Exact<{
  ids: Array<string> | string;
  names?: Array<string> | string | null | undefined;
  maxPoints: number;
  axis: Axis;
}>;


export type SeriesQuery = { nodes: Array<
    | { id: string }
    | { id: string }
    | { version: string, id: string, model: { id: string, name: string }, metricSeries: Array<{ name: string, steps: Array<number | null>, times: Array<number | null>, values: Array<number | null>, count: number, sampledFrom: number }> }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
   | null> };

export type MetricNamesQueryVariables = Exact<{
  ids: Array<string> | string;
}>;


export type MetricNamesQuery = { nodes: Array<
    | { id: string }
    | { id: string }
    | { version: string, id: string, model: { id: string, name: string }, metrics: Array<{ id: string, name: string, count: string, last: number | string }> }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
   | null> };

export type MetricsAppendedSubscriptionVariables = Exact<{
  versionId: string;
}>;


export type MetricsAppendedSubscription = { metricsAppended: Array<{ name: string }> };

export type PickVersionsQueryVariables = Exact<{
  search?: string | null | undefined;
}>;


export type PickVersionsQuery = { models: { nodes: Array<{ id: string, name: string, versions: { nodes: Array<{ id: string, version: string }> } }> } };

export type CompareQueryVariables = Exact<{
  ids: Array<string> | string;
}>;


export type CompareQuery = { versionComparison: { versions: Array<{ id: string, version: string, framework: string, createdAt: string, model: { id: string, name: string }, artifact: { id: string, size: string } }>, signature: Array<{ path: string, values: Array<unknown> }>, metadata: Array<{ path: string, values: Array<unknown> }>, about: Array<{ path: string, values: Array<unknown> }>, metrics: Array<{ name: string, summaries: Array<{ id: string, last: number | string, min: number | string | null, max: number | string | null } | null> }>, serving: Array<{ requests: string, errorRate: number | null, p50Ms: number | null, p95Ms: number | null, p99Ms: number | null }> | null } };


export const ModelsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Models"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"where"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ModelWhereInput"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ModelOrder"}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"from"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"models"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"where"},"value":{"kind":"Variable","name":{"kind":"Name","value":"where"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"owner"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"tags"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"value"}}]}},{"kind":"Field","name":{"kind":"Name","value":"versions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"1"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}}]}},{"kind":"Field","name":{"kind":"Name","value":"liveVersion"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"metrics"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"last"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"rollout"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"serving"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"window"},"value":{"kind":"StringValue","value":"1h","block":false}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"requests"}},{"kind":"Field","name":{"kind":"Name","value":"requestsPerSecond"}},{"kind":"Field","name":{"kind":"Name","value":"errorRate"}},{"kind":"Field","name":{"kind":"Name","value":"p95Ms"}}]}},{"kind":"Field","name":{"kind":"Name","value":"servingSeries"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"from"},"value":{"kind":"Variable","name":{"kind":"Name","value":"from"}}},{"kind":"Argument","name":{"kind":"Name","value":"maxPoints"},"value":{"kind":"IntValue","value":"40"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"requests"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ModelsQuery, ModelsQueryVariables>;
export const RankingDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Ranking"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"MetricSummaryOrder"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"metricRanking"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"last"}},{"kind":"Field","name":{"kind":"Name","value":"min"}},{"kind":"Field","name":{"kind":"Name","value":"max"}},{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"lastAt"}},{"kind":"Field","name":{"kind":"Name","value":"version"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<RankingQuery, RankingQueryVariables>;
export const ModelDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Model"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"from"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"owner"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"archivedAt"}},{"kind":"Field","name":{"kind":"Name","value":"revision"}},{"kind":"Field","name":{"kind":"Name","value":"tags"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"value"}}]}},{"kind":"Field","name":{"kind":"Name","value":"aliases"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"revision"}},{"kind":"Field","name":{"kind":"Name","value":"version"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"liveVersion"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}}]}},{"kind":"Field","name":{"kind":"Name","value":"versions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ListValue","values":[{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"ORDINAL"}},{"kind":"ObjectField","name":{"kind":"Name","value":"direction"},"value":{"kind":"EnumValue","value":"DESC"}}]}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"ordinal"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"statusMessage"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"framework"}},{"kind":"Field","name":{"kind":"Name","value":"aliases"}},{"kind":"Field","name":{"kind":"Name","value":"artifact"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"size"}}]}},{"kind":"Field","name":{"kind":"Name","value":"metrics"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"last"}}]}},{"kind":"Field","name":{"kind":"Name","value":"serving"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"window"},"value":{"kind":"StringValue","value":"24h","block":false}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"requests"}},{"kind":"Field","name":{"kind":"Name","value":"errorRate"}},{"kind":"Field","name":{"kind":"Name","value":"p50Ms"}},{"kind":"Field","name":{"kind":"Name","value":"p95Ms"}},{"kind":"Field","name":{"kind":"Name","value":"p99Ms"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"aliasHistory"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"50"}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"CREATED_AT"}},{"kind":"ObjectField","name":{"kind":"Name","value":"direction"},"value":{"kind":"EnumValue","value":"DESC"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"principal"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"version"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}}]}},{"kind":"Field","name":{"kind":"Name","value":"previous"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"serving"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"window"},"value":{"kind":"StringValue","value":"1h","block":false}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"requests"}},{"kind":"Field","name":{"kind":"Name","value":"requestsPerSecond"}},{"kind":"Field","name":{"kind":"Name","value":"errorRate"}},{"kind":"Field","name":{"kind":"Name","value":"p50Ms"}},{"kind":"Field","name":{"kind":"Name","value":"p95Ms"}},{"kind":"Field","name":{"kind":"Name","value":"p99Ms"}},{"kind":"Field","name":{"kind":"Name","value":"cacheHitRate"}}]}},{"kind":"Field","name":{"kind":"Name","value":"servingSeries"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"from"},"value":{"kind":"Variable","name":{"kind":"Name","value":"from"}}},{"kind":"Argument","name":{"kind":"Name","value":"maxPoints"},"value":{"kind":"IntValue","value":"180"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"times"}},{"kind":"Field","name":{"kind":"Name","value":"requests"}},{"kind":"Field","name":{"kind":"Name","value":"errors"}},{"kind":"Field","name":{"kind":"Name","value":"p50Ms"}},{"kind":"Field","name":{"kind":"Name","value":"p95Ms"}},{"kind":"Field","name":{"kind":"Name","value":"p99Ms"}}]}},{"kind":"Field","name":{"kind":"Name","value":"rollouts"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"10"}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"CREATED_AT"}},{"kind":"ObjectField","name":{"kind":"Name","value":"direction"},"value":{"kind":"EnumValue","value":"DESC"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"why"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"endedAt"}},{"kind":"Field","name":{"kind":"Name","value":"arms"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"weight"}},{"kind":"Field","name":{"kind":"Name","value":"modelVersion"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"version"}}]}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"rollout"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}}]}}]} as unknown as DocumentNode<ModelQuery, ModelQueryVariables>;
export const ModelUpdateDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ModelUpdate"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ModelUpdateInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"modelUpdate"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"revision"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"owner"}},{"kind":"Field","name":{"kind":"Name","value":"tags"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"value"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]} as unknown as DocumentNode<ModelUpdateMutation, ModelUpdateMutationVariables>;
export const ModelArchiveDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ModelArchive"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ModelRefInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"modelArchive"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"archivedAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]} as unknown as DocumentNode<ModelArchiveMutation, ModelArchiveMutationVariables>;
export const ModelRestoreDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ModelRestore"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ModelRefInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"modelRestore"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"archivedAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]} as unknown as DocumentNode<ModelRestoreMutation, ModelRestoreMutationVariables>;
export const AliasSetDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"AliasSet"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"AliasSetInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"aliasSet"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"alias"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"version"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]} as unknown as DocumentNode<AliasSetMutation, AliasSetMutationVariables>;
export const AliasRemoveDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"AliasRemove"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"AliasRemoveInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"aliasRemove"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]} as unknown as DocumentNode<AliasRemoveMutation, AliasRemoveMutationVariables>;
export const OverviewDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Overview"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"window"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Duration"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"from"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"server"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"onnxruntimeVersion"}},{"kind":"Field","name":{"kind":"Name","value":"database"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}}]}},{"kind":"Field","alias":{"kind":"Name","value":"all"},"name":{"kind":"Name","value":"models"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"1"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}}]}},{"kind":"Field","alias":{"kind":"Name","value":"live"},"name":{"kind":"Name","value":"models"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"1"}},{"kind":"Argument","name":{"kind":"Name","value":"where"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"hasAliasesWith"},"value":{"kind":"ListValue","values":[{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"name"},"value":{"kind":"StringValue","value":"live","block":false}}]}]}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}}]}},{"kind":"Field","alias":{"kind":"Name","value":"idle"},"name":{"kind":"Name","value":"models"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"5"}},{"kind":"Argument","name":{"kind":"Name","value":"where"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"not"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"hasAliasesWith"},"value":{"kind":"ListValue","values":[{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"name"},"value":{"kind":"StringValue","value":"live","block":false}}]}]}}]}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"models"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"8"}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ListValue","values":[{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"UPDATED_AT"}},{"kind":"ObjectField","name":{"kind":"Name","value":"direction"},"value":{"kind":"EnumValue","value":"DESC"}}]}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"liveVersion"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"engine"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"loaded"}},{"kind":"Field","name":{"kind":"Name","value":"loadError"}},{"kind":"Field","name":{"kind":"Name","value":"breaker"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"lastError"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"serving"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"window"},"value":{"kind":"Variable","name":{"kind":"Name","value":"window"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"requests"}},{"kind":"Field","name":{"kind":"Name","value":"requestsPerSecond"}},{"kind":"Field","name":{"kind":"Name","value":"errorRate"}},{"kind":"Field","name":{"kind":"Name","value":"p50Ms"}},{"kind":"Field","name":{"kind":"Name","value":"p95Ms"}},{"kind":"Field","name":{"kind":"Name","value":"p99Ms"}},{"kind":"Field","name":{"kind":"Name","value":"cacheHitRate"}}]}},{"kind":"Field","name":{"kind":"Name","value":"servingSeries"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"from"},"value":{"kind":"Variable","name":{"kind":"Name","value":"from"}}},{"kind":"Argument","name":{"kind":"Name","value":"maxPoints"},"value":{"kind":"IntValue","value":"40"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"requests"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"serving"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"window"},"value":{"kind":"Variable","name":{"kind":"Name","value":"window"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"requests"}},{"kind":"Field","name":{"kind":"Name","value":"errors"}},{"kind":"Field","name":{"kind":"Name","value":"requestsPerSecond"}},{"kind":"Field","name":{"kind":"Name","value":"errorRate"}},{"kind":"Field","name":{"kind":"Name","value":"p50Ms"}},{"kind":"Field","name":{"kind":"Name","value":"p95Ms"}},{"kind":"Field","name":{"kind":"Name","value":"p99Ms"}},{"kind":"Field","name":{"kind":"Name","value":"cacheHitRate"}},{"kind":"Field","name":{"kind":"Name","value":"meanBatchRows"}}]}},{"kind":"Field","name":{"kind":"Name","value":"servingSeries"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"from"},"value":{"kind":"Variable","name":{"kind":"Name","value":"from"}}},{"kind":"Argument","name":{"kind":"Name","value":"maxPoints"},"value":{"kind":"IntValue","value":"180"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"times"}},{"kind":"Field","name":{"kind":"Name","value":"requests"}},{"kind":"Field","name":{"kind":"Name","value":"errors"}},{"kind":"Field","name":{"kind":"Name","value":"p50Ms"}},{"kind":"Field","name":{"kind":"Name","value":"p95Ms"}},{"kind":"Field","name":{"kind":"Name","value":"p99Ms"}},{"kind":"Field","name":{"kind":"Name","value":"cacheHits"}}]}},{"kind":"Field","name":{"kind":"Name","value":"rollouts"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"20"}},{"kind":"Argument","name":{"kind":"Name","value":"where"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"statusIn"},"value":{"kind":"ListValue","values":[{"kind":"EnumValue","value":"RUNNING"},{"kind":"EnumValue","value":"PAUSED"}]}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"why"}},{"kind":"Field","name":{"kind":"Name","value":"pause"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"arms"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"weight"}},{"kind":"Field","name":{"kind":"Name","value":"modelVersion"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"version"}}]}}]}}]}}]}},{"kind":"Field","alias":{"kind":"Name","value":"failed"},"name":{"kind":"Name","value":"predictions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"5"}},{"kind":"Argument","name":{"kind":"Name","value":"where"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"codeNEQ"},"value":{"kind":"StringValue","value":"OK","block":false}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"modelVersion"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<OverviewQuery, OverviewQueryVariables>;
export const RegistryChangedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"RegistryChanged"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"model"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"registryChanged"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"model"},"value":{"kind":"Variable","name":{"kind":"Name","value":"model"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"action"}},{"kind":"Field","name":{"kind":"Name","value":"model"}}]}}]}}]} as unknown as DocumentNode<RegistryChangedSubscription, RegistryChangedSubscriptionVariables>;
export const ViewerDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"}}]}}]}}]} as unknown as DocumentNode<ViewerQuery, ViewerQueryVariables>;
export const PredictionsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Predictions"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"model"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"version"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"where"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"PredictionRecordWhereInput"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"predictions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"model"},"value":{"kind":"Variable","name":{"kind":"Name","value":"model"}}},{"kind":"Argument","name":{"kind":"Name","value":"version"},"value":{"kind":"Variable","name":{"kind":"Name","value":"version"}}},{"kind":"Argument","name":{"kind":"Name","value":"where"},"value":{"kind":"Variable","name":{"kind":"Name","value":"where"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"rows"}},{"kind":"Field","name":{"kind":"Name","value":"rowErrors"}},{"kind":"Field","name":{"kind":"Name","value":"subject"}},{"kind":"Field","name":{"kind":"Name","value":"cache"}},{"kind":"Field","name":{"kind":"Name","value":"outcomeAt"}},{"kind":"Field","name":{"kind":"Name","value":"timing"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalMs"}},{"kind":"Field","name":{"kind":"Name","value":"queueMs"}},{"kind":"Field","name":{"kind":"Name","value":"runMs"}}]}},{"kind":"Field","name":{"kind":"Name","value":"route"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"ref"}},{"kind":"Field","name":{"kind":"Name","value":"arm"}}]}},{"kind":"Field","name":{"kind":"Name","value":"modelVersion"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<PredictionsQuery, PredictionsQueryVariables>;
export const PredictionOneDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"PredictionOne"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PredictionRecord"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"rows"}},{"kind":"Field","name":{"kind":"Name","value":"rowErrors"}},{"kind":"Field","name":{"kind":"Name","value":"subject"}},{"kind":"Field","name":{"kind":"Name","value":"requestId"}},{"kind":"Field","name":{"kind":"Name","value":"cache"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"outcomeAt"}},{"kind":"Field","name":{"kind":"Name","value":"inputs"}},{"kind":"Field","name":{"kind":"Name","value":"values"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}},{"kind":"Field","name":{"kind":"Name","value":"timing"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalMs"}},{"kind":"Field","name":{"kind":"Name","value":"queueMs"}},{"kind":"Field","name":{"kind":"Name","value":"runMs"}}]}},{"kind":"Field","name":{"kind":"Name","value":"route"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"ref"}},{"kind":"Field","name":{"kind":"Name","value":"rollout"}},{"kind":"Field","name":{"kind":"Name","value":"arm"}},{"kind":"Field","name":{"kind":"Name","value":"armReason"}}]}},{"kind":"Field","name":{"kind":"Name","value":"modelVersion"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<PredictionOneQuery, PredictionOneQueryVariables>;
export const OutcomeRecordDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"OutcomeRecord"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"OutcomeRecordInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"outcomeRecord"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"predictionRecord"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"outcomeAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]} as unknown as DocumentNode<OutcomeRecordMutation, OutcomeRecordMutationVariables>;
export const RolloutDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Rollout"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Rollout"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"since"}},{"kind":"Field","name":{"kind":"Name","value":"pause"}},{"kind":"Field","name":{"kind":"Name","value":"promoted"}},{"kind":"Field","name":{"kind":"Name","value":"why"}},{"kind":"Field","name":{"kind":"Name","value":"decidedAt"}},{"kind":"Field","name":{"kind":"Name","value":"endedAt"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"revision"}},{"kind":"Field","name":{"kind":"Name","value":"principal"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"arms"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"weight"}},{"kind":"Field","name":{"kind":"Name","value":"modelVersion"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"steps"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"weight"}},{"kind":"Field","name":{"kind":"Name","value":"duration"}},{"kind":"Field","name":{"kind":"Name","value":"approval"}}]}},{"kind":"Field","name":{"kind":"Name","value":"gates"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"measure"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"compare"}},{"kind":"Field","name":{"kind":"Name","value":"bound"}},{"kind":"Field","name":{"kind":"Name","value":"limit"}},{"kind":"Field","name":{"kind":"Name","value":"minRequests"}},{"kind":"Field","name":{"kind":"Name","value":"confidence"}}]}},{"kind":"Field","name":{"kind":"Name","value":"evidence"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"arm"}},{"kind":"Field","name":{"kind":"Name","value":"verdict"}},{"kind":"Field","name":{"kind":"Name","value":"why"}},{"kind":"Field","name":{"kind":"Name","value":"candidate"}},{"kind":"Field","name":{"kind":"Name","value":"baseline"}},{"kind":"Field","name":{"kind":"Name","value":"figure"}},{"kind":"Field","name":{"kind":"Name","value":"low"}},{"kind":"Field","name":{"kind":"Name","value":"high"}},{"kind":"Field","name":{"kind":"Name","value":"candidateCount"}},{"kind":"Field","name":{"kind":"Name","value":"baselineCount"}},{"kind":"Field","name":{"kind":"Name","value":"gate"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"measure"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"compare"}},{"kind":"Field","name":{"kind":"Name","value":"bound"}},{"kind":"Field","name":{"kind":"Name","value":"limit"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"sampleRatio"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"verdict"}},{"kind":"Field","name":{"kind":"Name","value":"why"}},{"kind":"Field","name":{"kind":"Name","value":"counts"}},{"kind":"Field","name":{"kind":"Name","value":"expected"}},{"kind":"Field","name":{"kind":"Name","value":"p"}}]}},{"kind":"Field","name":{"kind":"Name","value":"events"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"50"}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"CREATED_AT"}},{"kind":"ObjectField","name":{"kind":"Name","value":"direction"},"value":{"kind":"EnumValue","value":"DESC"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"act"}},{"kind":"Field","name":{"kind":"Name","value":"principal"}},{"kind":"Field","name":{"kind":"Name","value":"why"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<RolloutQuery, RolloutQueryVariables>;
export const RolloutStartDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RolloutStart"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RolloutStartInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rolloutStart"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rollout"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]} as unknown as DocumentNode<RolloutStartMutation, RolloutStartMutationVariables>;
export const RolloutPauseDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RolloutPause"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RolloutRefInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rolloutPause"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rollout"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]} as unknown as DocumentNode<RolloutPauseMutation, RolloutPauseMutationVariables>;
export const RolloutResumeDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RolloutResume"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RolloutRefInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rolloutResume"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rollout"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]} as unknown as DocumentNode<RolloutResumeMutation, RolloutResumeMutationVariables>;
export const RolloutApproveDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RolloutApprove"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RolloutRefInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rolloutApprove"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rollout"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]} as unknown as DocumentNode<RolloutApproveMutation, RolloutApproveMutationVariables>;
export const RolloutPromoteDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RolloutPromote"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RolloutPromoteInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rolloutPromote"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rollout"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]} as unknown as DocumentNode<RolloutPromoteMutation, RolloutPromoteMutationVariables>;
export const RolloutAbortDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RolloutAbort"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RolloutRefInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rolloutAbort"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rollout"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]} as unknown as DocumentNode<RolloutAbortMutation, RolloutAbortMutationVariables>;
export const WebhooksDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Webhooks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"webhooks"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"50"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"url"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"events"}},{"kind":"Field","name":{"kind":"Name","value":"models"}},{"kind":"Field","name":{"kind":"Name","value":"enabled"}},{"kind":"Field","name":{"kind":"Name","value":"disabledReason"}},{"kind":"Field","name":{"kind":"Name","value":"failures"}},{"kind":"Field","name":{"kind":"Name","value":"lastSuccessAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastFailureAt"}},{"kind":"Field","name":{"kind":"Name","value":"revision"}},{"kind":"Field","name":{"kind":"Name","value":"deliveries"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"10"}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"CREATED_AT"}},{"kind":"ObjectField","name":{"kind":"Name","value":"direction"},"value":{"kind":"EnumValue","value":"DESC"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"event"}},{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"attemptCount"}},{"kind":"Field","name":{"kind":"Name","value":"nextAttemptAt"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"error"}},{"kind":"Field","name":{"kind":"Name","value":"duration"}}]}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<WebhooksQuery, WebhooksQueryVariables>;
export const WebhookCreateDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"WebhookCreate"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"WebhookCreateInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"webhookCreate"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"webhook"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"secret"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]} as unknown as DocumentNode<WebhookCreateMutation, WebhookCreateMutationVariables>;
export const WebhookUpdateDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"WebhookUpdate"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"WebhookUpdateInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"webhookUpdate"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"webhook"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"enabled"}},{"kind":"Field","name":{"kind":"Name","value":"revision"}}]}},{"kind":"Field","name":{"kind":"Name","value":"secret"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]} as unknown as DocumentNode<WebhookUpdateMutation, WebhookUpdateMutationVariables>;
export const WebhookDeleteDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"WebhookDelete"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"WebhookRefInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"webhookDelete"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deletedId"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]} as unknown as DocumentNode<WebhookDeleteMutation, WebhookDeleteMutationVariables>;
export const WebhookTestDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"WebhookTest"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"WebhookRefInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"webhookTest"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"delivery"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]} as unknown as DocumentNode<WebhookTestMutation, WebhookTestMutationVariables>;
export const WebhookRedeliverDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"WebhookRedeliver"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"WebhookRedeliverInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"webhookRedeliver"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"delivery"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]} as unknown as DocumentNode<WebhookRedeliverMutation, WebhookRedeliverMutationVariables>;
export const AuditDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Audit"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"where"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"AuditEventWhereInput"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"auditEvents"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"where"},"value":{"kind":"Variable","name":{"kind":"Name","value":"where"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"principal"}},{"kind":"Field","name":{"kind":"Name","value":"action"}},{"kind":"Field","name":{"kind":"Name","value":"subjectId"}},{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"requestId"}},{"kind":"Field","name":{"kind":"Name","value":"before"}},{"kind":"Field","name":{"kind":"Name","value":"after"}}]}}]}}]}}]} as unknown as DocumentNode<AuditQuery, AuditQueryVariables>;
export const ServerDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Server"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"server"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"onnxruntimeVersion"}},{"kind":"Field","name":{"kind":"Name","value":"database"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"health"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"ready"}},{"kind":"Field","name":{"kind":"Name","value":"missing"}},{"kind":"Field","name":{"kind":"Name","value":"failed"}},{"kind":"Field","name":{"kind":"Name","value":"backends"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"up"}},{"kind":"Field","name":{"kind":"Name","value":"required"}},{"kind":"Field","name":{"kind":"Name","value":"problem"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"}}]}}]}}]} as unknown as DocumentNode<ServerQuery, ServerQueryVariables>;
export const KeysDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Keys"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"apiKeys"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"creator"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"}},{"kind":"Field","name":{"kind":"Name","value":"models"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"revokedAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastUsedAt"}}]}}]}}]}}]} as unknown as DocumentNode<KeysQuery, KeysQueryVariables>;
export const KeyCreateDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"KeyCreate"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"APIKeyCreateInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"apiKeyCreate"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"secret"}},{"kind":"Field","name":{"kind":"Name","value":"apiKey"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]} as unknown as DocumentNode<KeyCreateMutation, KeyCreateMutationVariables>;
export const KeyRevokeDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"KeyRevoke"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"APIKeyRefInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"apiKeyRevoke"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"apiKey"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"revokedAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]} as unknown as DocumentNode<KeyRevokeMutation, KeyRevokeMutationVariables>;
export const VersionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Version"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"model"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"version"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"from"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"modelVersion"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"model"},"value":{"kind":"Variable","name":{"kind":"Name","value":"model"}}},{"kind":"Argument","name":{"kind":"Name","value":"version"},"value":{"kind":"Variable","name":{"kind":"Name","value":"version"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"ordinal"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"statusMessage"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"format"}},{"kind":"Field","name":{"kind":"Name","value":"framework"}},{"kind":"Field","name":{"kind":"Name","value":"deterministic"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"archivedAt"}},{"kind":"Field","name":{"kind":"Name","value":"metadata"}},{"kind":"Field","name":{"kind":"Name","value":"aliases"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"tags"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"value"}}]}},{"kind":"Field","name":{"kind":"Name","value":"lineage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"runId"}},{"kind":"Field","name":{"kind":"Name","value":"gitCommit"}},{"kind":"Field","name":{"kind":"Name","value":"datasetName"}},{"kind":"Field","name":{"kind":"Name","value":"datasetDigest"}},{"kind":"Field","name":{"kind":"Name","value":"author"}}]}},{"kind":"Field","name":{"kind":"Name","value":"artifact"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"digest"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}},{"kind":"Field","name":{"kind":"Name","value":"signature"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"inputs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"dtype"}},{"kind":"Field","name":{"kind":"Name","value":"shape"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}}]}},{"kind":"Field","name":{"kind":"Name","value":"optional"}},{"kind":"Field","name":{"kind":"Name","value":"description"}}]}},{"kind":"Field","name":{"kind":"Name","value":"outputs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"dtype"}},{"kind":"Field","name":{"kind":"Name","value":"shape"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}}]}},{"kind":"Field","name":{"kind":"Name","value":"classes"}},{"kind":"Field","name":{"kind":"Name","value":"description"}}]}},{"kind":"Field","name":{"kind":"Name","value":"features"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"input"}},{"kind":"Field","name":{"kind":"Name","value":"column"}},{"kind":"Field","name":{"kind":"Name","value":"dtype"}},{"kind":"Field","name":{"kind":"Name","value":"shape"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}}]}},{"kind":"Field","name":{"kind":"Name","value":"required"}},{"kind":"Field","name":{"kind":"Name","value":"default"}},{"kind":"Field","name":{"kind":"Name","value":"range"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"min"}},{"kind":"Field","name":{"kind":"Name","value":"max"}}]}},{"kind":"Field","name":{"kind":"Name","value":"oneOf"}},{"kind":"Field","name":{"kind":"Name","value":"unit"}},{"kind":"Field","name":{"kind":"Name","value":"description"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"metrics"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"last"}},{"kind":"Field","name":{"kind":"Name","value":"min"}},{"kind":"Field","name":{"kind":"Name","value":"max"}},{"kind":"Field","name":{"kind":"Name","value":"lastStep"}},{"kind":"Field","name":{"kind":"Name","value":"lastAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"engine"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"loaded"}},{"kind":"Field","name":{"kind":"Name","value":"loadMs"}},{"kind":"Field","name":{"kind":"Name","value":"loadError"}},{"kind":"Field","name":{"kind":"Name","value":"queued"}},{"kind":"Field","name":{"kind":"Name","value":"running"}},{"kind":"Field","name":{"kind":"Name","value":"batching"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"on"}},{"kind":"Field","name":{"kind":"Name","value":"why"}},{"kind":"Field","name":{"kind":"Name","value":"maxRows"}},{"kind":"Field","name":{"kind":"Name","value":"runners"}}]}},{"kind":"Field","name":{"kind":"Name","value":"breaker"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"failures"}},{"kind":"Field","name":{"kind":"Name","value":"lastError"}},{"kind":"Field","name":{"kind":"Name","value":"retryAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cache"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"memory"}},{"kind":"Field","name":{"kind":"Name","value":"shared"}},{"kind":"Field","name":{"kind":"Name","value":"missed"}},{"kind":"Field","name":{"kind":"Name","value":"skipped"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"serving"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"window"},"value":{"kind":"StringValue","value":"1h","block":false}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"requests"}},{"kind":"Field","name":{"kind":"Name","value":"requestsPerSecond"}},{"kind":"Field","name":{"kind":"Name","value":"errorRate"}},{"kind":"Field","name":{"kind":"Name","value":"p50Ms"}},{"kind":"Field","name":{"kind":"Name","value":"p95Ms"}},{"kind":"Field","name":{"kind":"Name","value":"p99Ms"}},{"kind":"Field","name":{"kind":"Name","value":"cacheHitRate"}},{"kind":"Field","name":{"kind":"Name","value":"meanBatchRows"}},{"kind":"Field","name":{"kind":"Name","value":"meanQueueMs"}},{"kind":"Field","name":{"kind":"Name","value":"meanRunMs"}}]}},{"kind":"Field","name":{"kind":"Name","value":"servingSeries"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"from"},"value":{"kind":"Variable","name":{"kind":"Name","value":"from"}}},{"kind":"Argument","name":{"kind":"Name","value":"maxPoints"},"value":{"kind":"IntValue","value":"180"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"times"}},{"kind":"Field","name":{"kind":"Name","value":"requests"}},{"kind":"Field","name":{"kind":"Name","value":"errors"}},{"kind":"Field","name":{"kind":"Name","value":"p50Ms"}},{"kind":"Field","name":{"kind":"Name","value":"p95Ms"}},{"kind":"Field","name":{"kind":"Name","value":"p99Ms"}}]}}]}}]}}]} as unknown as DocumentNode<VersionQuery, VersionQueryVariables>;
export const VersionsByNameDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"VersionsByName"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"model"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"model"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"versions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ListValue","values":[{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"ORDINAL"}},{"kind":"ObjectField","name":{"kind":"Name","value":"direction"},"value":{"kind":"EnumValue","value":"DESC"}}]}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}}]}}]}}]}}]}}]} as unknown as DocumentNode<VersionsByNameQuery, VersionsByNameQueryVariables>;
export const PredictDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Predict"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"PredictInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"predict"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"prediction"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"values"}},{"kind":"Field","name":{"kind":"Name","value":"rowIndex"}},{"kind":"Field","name":{"kind":"Name","value":"cache"}},{"kind":"Field","name":{"kind":"Name","value":"cachedRows"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"timing"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalMs"}},{"kind":"Field","name":{"kind":"Name","value":"queueMs"}},{"kind":"Field","name":{"kind":"Name","value":"runMs"}}]}},{"kind":"Field","name":{"kind":"Name","value":"route"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"ref"}},{"kind":"Field","name":{"kind":"Name","value":"rollout"}},{"kind":"Field","name":{"kind":"Name","value":"arm"}},{"kind":"Field","name":{"kind":"Name","value":"armReason"}}]}},{"kind":"Field","name":{"kind":"Name","value":"modelVersion"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]} as unknown as DocumentNode<PredictMutation, PredictMutationVariables>;
export const SeriesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Series"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"ids"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"names"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"maxPoints"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"axis"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Axis"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"ids"},"value":{"kind":"Variable","name":{"kind":"Name","value":"ids"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ModelVersion"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"metricSeries"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"names"},"value":{"kind":"Variable","name":{"kind":"Name","value":"names"}}},{"kind":"Argument","name":{"kind":"Name","value":"maxPoints"},"value":{"kind":"Variable","name":{"kind":"Name","value":"maxPoints"}}},{"kind":"Argument","name":{"kind":"Name","value":"axis"},"value":{"kind":"Variable","name":{"kind":"Name","value":"axis"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"times"}},{"kind":"Field","name":{"kind":"Name","value":"values"}},{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"sampledFrom"}}]}}]}}]}}]}}]} as unknown as DocumentNode<SeriesQuery, SeriesQueryVariables>;
export const MetricNamesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"MetricNames"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"ids"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"ids"},"value":{"kind":"Variable","name":{"kind":"Name","value":"ids"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ModelVersion"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"metrics"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"last"}}]}}]}}]}}]}}]} as unknown as DocumentNode<MetricNamesQuery, MetricNamesQueryVariables>;
export const MetricsAppendedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"MetricsAppended"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"versionId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"metricsAppended"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"versionId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"versionId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]} as unknown as DocumentNode<MetricsAppendedSubscription, MetricsAppendedSubscriptionVariables>;
export const PickVersionsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"PickVersions"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"search"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"models"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"20"}},{"kind":"Argument","name":{"kind":"Name","value":"where"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"search"},"value":{"kind":"Variable","name":{"kind":"Name","value":"search"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"versions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"20"}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ListValue","values":[{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"ORDINAL"}},{"kind":"ObjectField","name":{"kind":"Name","value":"direction"},"value":{"kind":"EnumValue","value":"DESC"}}]}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<PickVersionsQuery, PickVersionsQueryVariables>;
export const CompareDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Compare"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"ids"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"versionComparison"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"ids"},"value":{"kind":"Variable","name":{"kind":"Name","value":"ids"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"versions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"framework"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"artifact"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"size"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"signature"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"values"}}]}},{"kind":"Field","name":{"kind":"Name","value":"metadata"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"values"}}]}},{"kind":"Field","name":{"kind":"Name","value":"about"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"values"}}]}},{"kind":"Field","name":{"kind":"Name","value":"metrics"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"summaries"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"last"}},{"kind":"Field","name":{"kind":"Name","value":"min"}},{"kind":"Field","name":{"kind":"Name","value":"max"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"serving"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"window"},"value":{"kind":"StringValue","value":"168h","block":false}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"requests"}},{"kind":"Field","name":{"kind":"Name","value":"errorRate"}},{"kind":"Field","name":{"kind":"Name","value":"p50Ms"}},{"kind":"Field","name":{"kind":"Name","value":"p95Ms"}},{"kind":"Field","name":{"kind":"Name","value":"p99Ms"}}]}}]}}]}}]} as unknown as DocumentNode<CompareQuery, CompareQueryVariables>;