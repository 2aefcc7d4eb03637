/**
 * The error codes of MongoDB that this server answers with, by MongoDB's own names.
 * Source: mongodb/mongo `src/mongo/base/error_codes.yml`; the five-digit ones are the numbers of single assertions.
 */
export const ErrorCode = {
  InternalError: 1,
  BadValue: 2,
  FailedToParse: 9,
  Unauthorized: 13,
  TypeMismatch: 14,
  Overflow: 15,
  InvalidLength: 16,
  ProtocolError: 17,
  AuthenticationFailed: 18,
  IllegalOperation: 20,
  InvalidBSON: 22,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  NotSingleValueField: 54,
  EmptyFieldName: 56,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  OperationFailed: 96,
  NotAReplicaSet: 123,
  InvalidPipelineOperator: 168,
  CannotIndexParallelArrays: 171,
  InvalidIndexSpecificationOption: 197,
  NotImplemented: 238,
  QueryExceededMemoryLimitNoDiskUseAllowed: 292,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  Location15955: 15955,
  Location17262: 17262,
  Location31249: 31249,
  Location31250: 31250,
  Location31253: 31253,
  Location31254: 31254,
  Location40324: 40324,
  IDLUnknownField: 40415,
  Location51091: 51091,
} as const;

/** The name of an error code. */
export type ErrorName = keyof typeof ErrorCode;

/** A refusal as a command's reply shows it: `code`, `codeName`, `errmsg` and what belongs to that code. */
export class CommandError extends Error {
  readonly codeName: ErrorName;
  readonly code: number;
  /** Fields beside the three: `keyPattern` and `keyValue` of a duplicate key. */
  readonly details: ReadonlyMap<string, unknown>;

  constructor(codeName: ErrorName, message: string, details: ReadonlyMap<string, unknown> = new Map()) {
    super(message);
    this.name = 'CommandError';
    this.codeName = codeName;
    this.code = ErrorCode[codeName];
    this.details = details;
  }
}
