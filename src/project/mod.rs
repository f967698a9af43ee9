//! Projects: from a spec to a dataset, and from a dataset to frames, answers and scores.
//!
//! In: a spec or the directory of a dataset, and a [`Session`] (what may be used of the machine, when to stop, who listens). Out:
//! datasets, plans, frames, answers, scores. This is what a program calls that uses vniah as a library, and all that the command
//! line calls. Values are owned, nothing is printed, and no state is shared but by clones of one session.

mod blame;
mod error;
mod exports;
mod framing;
mod making;
mod materialize;
mod merging;
mod opened;
mod oracle;
mod origin;
mod planned;
mod remade;
mod settings;
mod solve;
mod threads;
mod verify;

pub use blame::Blame;
pub use error::Error;
pub use framing::Frame;
pub use making::{Made, Make, Project};
pub use merging::merge;
pub use opened::Dataset;
pub use oracle::Sees;
pub use origin::Origin;
pub use planned::Plan;
pub use settings::{Session, Settings};
pub use solve::TypeOutcome;
pub use threads::fit;
pub use verify::{Difference, Verify, VerifyReport};
