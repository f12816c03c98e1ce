//! [`Error`]: any error of this library.

use thiserror::Error as ThisError;

/// Any error of this library, for programs that treat all alike.
///
/// Each operation has an error of its own that says what can go wrong with it; this takes them
/// all with `?`, and says what they say.
///
/// ```
/// use cenote::{Amount, Error, SwapError};
///
/// fn parse(text: &str) -> Result<Amount, Error> {
///     Ok(text.parse()?)
/// }
///
/// assert!(matches!(parse("1,000"), Err(Error::Decimal(_))));
/// let error = Error::from(SwapError::EmptyPool);
/// assert_eq!(error.to_string(), SwapError::EmptyPool.to_string());
/// ```
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be opened.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A number is too large.
    #[error(transparent)]
    Amount(#[from] crate::AmountError),
    /// A text is no number.
    #[error(transparent)]
    Decimal(#[from] crate::decimal::DecimalError),
    /// A fee is not below one.
    #[error(transparent)]
    Fee(#[from] crate::FeeError),
    /// A text is no identifier.
    #[error(transparent)]
    Name(#[from] crate::NameError),
    /// A name or place is unknown.
    #[error(transparent)]
    Unknown(#[from] crate::UnknownError),
    /// A pool cannot be.
    #[error(transparent)]
    Pool(#[from] crate::PoolError),
    /// A token or pool cannot be added.
    #[error(transparent)]
    Market(#[from] crate::MarketError),
    /// A pool's reserves cannot be what was observed.
    #[error(transparent)]
    Sync(#[from] crate::SyncError),
    /// A swap cannot be.
    #[error(transparent)]
    Swap(#[from] crate::SwapError),
    /// A deposit cannot be.
    #[error(transparent)]
    Mint(#[from] crate::MintError),
    /// A withdrawal cannot be.
    #[error(transparent)]
    Burn(#[from] crate::BurnError),
    /// A market does not go back.
    #[error(transparent)]
    Undo(#[from] crate::UndoError),
    /// A list of hops is no path.
    #[error(transparent)]
    Path(#[from] crate::PathError),
    /// A route cannot be executed.
    #[error(transparent)]
    Route(#[from] crate::RouteError),
    /// There is no route.
    #[error(transparent)]
    Routing(#[from] crate::RoutingError),
    /// A route has no certificate.
    #[error(transparent)]
    Certify(#[from] crate::CertifyError),
    /// A coin, claim or mint is another exchange's.
    #[error(transparent)]
    Foreign(#[from] crate::Foreign),
    /// A pool was not created.
    #[error(transparent)]
    Create(#[from] crate::CreateError),
    /// Nothing was issued.
    #[error(transparent)]
    Issue(#[from] crate::IssueError),
    /// A swap with coins was refused.
    #[error(transparent)]
    SwapReason(#[from] crate::SwapReason),
    /// A route with coins was refused.
    #[error(transparent)]
    RouteReason(#[from] crate::RouteReason),
    /// Liquidity was refused.
    #[error(transparent)]
    AddReason(#[from] crate::AddReason),
    /// Nothing was put into a wallet.
    #[error(transparent)]
    Put(#[from] crate::PutReason),
    /// A wallet gives nothing.
    #[error(transparent)]
    Wallet(#[from] crate::WalletError),
    /// An order from a wallet was refused.
    #[error(transparent)]
    Trade(#[from] crate::TradeError),
    /// Liquidity from a wallet was refused.
    #[error(transparent)]
    Provide(#[from] crate::ProvideError),
    /// The books do not balance.
    #[error(transparent)]
    Audit(#[from] crate::AuditError),
    /// An order was refused in a run.
    #[error(transparent)]
    Refusal(#[from] crate::Refusal),
    /// A deposit or a withdrawal of a batch cannot be.
    #[error(transparent)]
    Provision(#[from] crate::ProvisionError),
    /// A state is one of another pool.
    #[error(transparent)]
    Restore(#[from] crate::RestoreError),
    /// An event cannot have happened.
    #[error(transparent)]
    Event(#[from] crate::EventError),
    /// A pair refuses a swap of these amounts.
    #[error(transparent)]
    Flows(#[from] crate::FlowsError),
    /// A pair refuses a transfer, a skim or a sync.
    #[error(transparent)]
    Pair(#[from] crate::PairError),
    /// A product is too large.
    #[error(transparent)]
    Product(#[from] crate::ProductError),
    /// Two numbers are no fraction.
    #[error(transparent)]
    Ratio(#[from] crate::RatioError),
    /// A price cannot be reached.
    #[error(transparent)]
    Price(#[from] crate::PriceError),
    /// Logs cannot be replayed.
    #[error(transparent)]
    Replay(#[from] crate::ReplayError),
    /// A market cannot be opened as a world.
    #[error(transparent)]
    World(#[from] crate::WorldError),
    /// There is not one trader for each order.
    #[error(transparent)]
    Uneven(#[from] crate::UnevenError),
    /// A pool of a world could not be opened.
    #[error(transparent)]
    Open(#[from] crate::OpenError),
    /// A file cannot be read.
    #[error(transparent)]
    Format(#[from] crate::FormatError),
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] crate::WriteError),
    /// A route document cannot be used.
    #[cfg(feature = "serde")]
    #[error(transparent)]
    RouteDocument(#[from] crate::RouteDocumentError),
    /// A document of prices cannot be used.
    #[cfg(feature = "serde")]
    #[error(transparent)]
    PricesDocument(#[from] crate::PricesDocumentError),
    /// A text is not what a file must say there.
    #[error(transparent)]
    Reason(#[from] crate::Reason),
    /// A text is no address.
    #[error(transparent)]
    Address(#[from] crate::chain::AddressError),
    /// A text is not the hash of a block.
    #[error(transparent)]
    BlockHash(#[from] crate::chain::BlockHashError),
    /// A market cannot follow a chain.
    #[error(transparent)]
    Follower(#[from] crate::chain::FollowerError),
    /// A block is not taken over.
    #[error(transparent)]
    Push(#[from] crate::chain::PushError),
    /// A contract is not what it is listed as.
    #[error(transparent)]
    Flag(#[from] crate::chain::FlagReason),
    /// A followed market does not go back to a block.
    #[error(transparent)]
    Rollback(#[from] crate::chain::RollbackError),
    /// A custodian cannot be opened.
    #[error(transparent)]
    Custodian(#[from] crate::scenarios::OpenError),
    /// A custodian may not lend.
    #[error(transparent)]
    Forbidden(#[from] crate::scenarios::Forbidden),
    /// A custodian does not lend.
    #[error(transparent)]
    Lend(#[from] crate::scenarios::LendError),
    /// A scenario did not run as it must.
    #[error(transparent)]
    Scenario(#[from] crate::scenarios::ScenarioError),
    /// A law does not hold.
    #[cfg(feature = "testing")]
    #[error(transparent)]
    Violation(#[from] crate::testing::Violation),
    /// A route cannot be turned into calldata.
    #[cfg(feature = "alloy")]
    #[error(transparent)]
    Calldata(#[from] crate::chain::CalldataError),
    /// A log is not of the shape that its topic says.
    #[cfg(feature = "alloy")]
    #[error(transparent)]
    Decode(#[from] crate::chain::DecodeError),
    /// A request to a node failed.
    #[cfg(feature = "rpc")]
    #[error(transparent)]
    Request(#[from] crate::chain::rpc::RequestError),
    /// Why a request to a node failed.
    #[cfg(feature = "rpc")]
    #[error(transparent)]
    RequestFault(#[from] crate::chain::rpc::RequestFault),
    /// A node cannot be asked.
    #[cfg(feature = "rpc")]
    #[error(transparent)]
    Node(#[from] crate::chain::rpc::NodeError),
    /// A block cannot be had from a node.
    #[cfg(feature = "rpc")]
    #[error(transparent)]
    Block(#[from] crate::chain::rpc::BlockError),
    /// A call to contracts cannot be had from a node.
    #[cfg(feature = "rpc")]
    #[error(transparent)]
    Call(#[from] crate::chain::rpc::CallError),
    /// A contract is no pair.
    #[cfg(feature = "rpc")]
    #[error(transparent)]
    PairFault(#[from] crate::chain::rpc::PairFault),
    /// Pools cannot be loaded from a node.
    #[cfg(feature = "rpc")]
    #[error(transparent)]
    Load(#[from] crate::chain::rpc::LoadError),
    /// The logs of a block cannot be had from a node.
    #[cfg(feature = "rpc")]
    #[error(transparent)]
    Records(#[from] crate::chain::rpc::RecordsError),
    /// There is no way to a node's newest block.
    #[cfg(feature = "rpc")]
    #[error(transparent)]
    Way(#[from] crate::chain::rpc::WayError),
    /// A market cannot go on to the next block.
    #[cfg(feature = "rpc")]
    #[error(transparent)]
    Step(#[from] crate::chain::rpc::StepError),
    /// A market cannot be advanced.
    #[cfg(feature = "rpc")]
    #[error(transparent)]
    Advance(#[from] crate::chain::rpc::AdvanceError),
    /// A saved state cannot be gone on from.
    #[cfg(feature = "rpc")]
    #[error(transparent)]
    Resume(#[from] crate::chain::rpc::ResumeError),
}
